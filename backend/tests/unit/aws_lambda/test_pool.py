"""How people sign in on AWS, by the parameters of the template: with which factors, and at whose provider."""

from typing import Any

import pytest

from tests.unit.aws_lambda.template_reader import chosen, conditions, read

CLIENTS = ("UserClient", "SchoolClient", "WorkerClient")
OIDC = {"IdpName": "Uni", "IdpIssuer": "https://login.uni.example", "IdpClient": "c", "IdpSecret": "uni-sign-in"}
SAML = {"IdpName": "Uni", "IdpMetadata": "https://login.uni.example/metadata"}


def made(name: str, **parameters: str) -> Any:
    """The properties of a resource with these parameters; None if it is not made."""
    held, resource = conditions(**parameters), read()["Resources"][name]
    if "Condition" in resource and not held[resource["Condition"]]:
        return None
    return chosen(resource["Properties"], held)


def providers(**parameters: str) -> list[Any]:
    return [made(name, **parameters)["SupportedIdentityProviders"] for name in CLIENTS]


def output(name: str, **parameters: str) -> Any:
    return chosen(read()["Outputs"][name]["Value"], conditions(**parameters))


@pytest.mark.parametrize(
    ("chosen_mfa", "configuration", "apps", "passkeys"),
    [("off", "OFF", None, False), ("optional", "OPTIONAL", ["SOFTWARE_TOKEN_MFA"], True),
     ("required", "ON", ["SOFTWARE_TOKEN_MFA"], False)],
)  # fmt: skip
def test_each_choice_of_mfa_is_one_that_the_pools_pages_can_enrol(
    chosen_mfa: str, configuration: str, apps: list[str] | None, passkeys: bool
) -> None:
    """Cognito takes no passkey where a second factor is required."""
    pool, client = made("Pool", Mfa=chosen_mfa), made("UserClient", Mfa=chosen_mfa)
    assert (pool["MfaConfiguration"], pool.get("EnabledMfas")) == (configuration, apps)
    assert pool["Policies"].get("SignInPolicy") == (
        {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]} if passkeys else None
    )
    assert pool.get("WebAuthnUserVerification") == ("required" if passkeys else None)
    assert ("ALLOW_USER_AUTH" in client["ExplicitAuthFlows"]) is passkeys
    assert output("Passkeys", Mfa=chosen_mfa) == ("true" if passkeys else "false"), (
        "nothing is offered that is not there"
    )


def test_passkeys_are_the_default_and_are_of_the_address_that_the_pages_have() -> None:
    pool, domain = made("Pool"), made("PoolDomain")
    assert pool["WebAuthnRelyingPartyID"][1].startswith(domain["Domain"][1] + ".auth.")
    assert domain["ManagedLoginVersion"] == 2
    own = {"PagesDomain": "login.uni.example", "PagesCertificate": "arn"}
    pool, domain = made("Pool", **own), made("PoolDomain", **own)
    assert pool["WebAuthnRelyingPartyID"] == domain["Domain"] == ("Ref", "PagesDomain")
    assert made("Pool", LocalBase="http://127.0.0.1:1").get("WebAuthnRelyingPartyID") is None


@pytest.mark.parametrize(
    ("sites", "expected"),
    [("all", [["COGNITO", ("Ref", "Idp")]] * 3), ("user", [["COGNITO", ("Ref", "Idp")], ["COGNITO"], ["COGNITO"]]),
     ("staff", [["COGNITO"], ["COGNITO", ("Ref", "Idp")], ["COGNITO", ("Ref", "Idp")]])],
)  # fmt: skip
def test_the_universitys_provider_is_offered_on_the_sites_that_it_is_for(sites: str, expected: list[Any]) -> None:
    assert providers(**SAML, IdpSites=sites) == expected
    alone = [[it for it in each if it != "COGNITO"] or ["COGNITO"] for each in expected]
    assert providers(**SAML, IdpSites=sites, IdpOnly="true") == alone


def test_without_a_name_there_is_none() -> None:
    assert made("Idp") is None
    assert providers(IdpOnly="true") == [["COGNITO"]] * 3
    assert [output(f"{kind}Idp") for kind in ("User", "School", "Worker")] == ["none"] * 3


def test_a_provider_is_saml_by_its_metadata_and_else_openid_with_a_secret_that_no_parameter_holds() -> None:
    saml, oidc = made("Idp", **SAML), made("Idp", **OIDC)
    assert (saml["ProviderType"], saml["ProviderDetails"]["MetadataURL"]) == ("SAML", ("Ref", "IdpMetadata"))
    assert (oidc["ProviderType"], oidc["ProviderDetails"]["oidc_issuer"]) == ("OIDC", ("Ref", "IdpIssuer"))
    assert oidc["ProviderDetails"]["client_secret"] == ("Sub", "{{resolve:secretsmanager:${IdpSecret}}}")


def test_whether_an_address_is_proved_is_read_of_what_it_says_unless_all_are() -> None:
    assert made("Idp", **OIDC)["AttributeMapping"]["email_verified"] == ("Ref", "IdpVerified")
    assert "email_verified" not in made("Idp", **SAML, IdpVerified="always")["AttributeMapping"]
    environment = read()["Globals"]["Function"]["Environment"]["Variables"]
    told = [chosen(environment["IDP_TRUSTED"], conditions(**SAML, IdpVerified=it)) for it in ("verified", "always")]
    assert told == ["", "all"]


def test_where_nobody_has_a_password_of_the_pool_none_can_be_made() -> None:
    """A client is public: its API would take a sign-up, and a sign-in by `ALLOW_USER_AUTH`, whatever its pages show."""
    alone = SAML | {"IdpOnly": "true"}
    assert made("Pool", **alone)["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert made("Pool", **SAML)["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False}
    flows = [made(name, **alone)["ExplicitAuthFlows"] for name in CLIENTS]
    assert flows == [["ALLOW_REFRESH_TOKEN_AUTH"]] * 3
    assert output("Passkeys", **alone) == "false"
    assert [output(f"{kind}Idp", **alone) for kind in ("User", "School", "Worker")] == ["alone"] * 3


def test_half_a_provider_is_refused_in_words() -> None:
    (assertion,) = read()["Rules"]["WholeIdp"]["Assertions"]
    assert "IdpMetadata" in assertion["AssertDescription"]
