// An OpenID provider that others wrote (panva's, OpenID certified), on loopback, with people that the test chooses.
// It prints "ready" once it listens.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, issuer, back, logout, clientKey] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);
const people = {
  grace: { email: "grace@uni.example", email_verified: true, name: "Grace Hopper", affiliation: ["student"] },
  ida: { email: "ida@uni.example", email_verified: true, name: "Ida Noddack", affiliation: ["staff"] },
  walt: { email: "walt@uni.example", email_verified: true, name: "Walt Kowalski", affiliation: ["staff"] },
  mallory: { email: "mallory@uni.example", email_verified: false, name: "Mallory", affiliation: ["student"] },
};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "uconnect",
      redirect_uris: [back],
      subject_type: "pairwise",
      backchannel_logout_uri: logout,
      backchannel_logout_session_required: true,
      ...(clientKey
        ? {
            token_endpoint_auth_method: "private_key_jwt",
            token_endpoint_auth_signing_alg: "ES256",
            jwks: { keys: [JSON.parse(clientKey)] },
          }
        : { client_secret: "s3cret: with 100% of it" }),
    },
  ],
  subjectTypes: ["pairwise"],
  pairwiseIdentifier: (_, accountId) => `${accountId}-seen-by-uconnect`,
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "affiliation"] },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
  },
  interactions: { url: (_, interaction) => `/as/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  // Its own dispatcher refuses addresses of this computer, where the server under test is. Its signal would end a call
  // after 2.5 seconds, and it calls once.
  fetch: (url, { dispatcher: _, signal: __, ...options }) => fetch(url, options),
  cookies: { keys: ["for a test alone"] },
});

// The sign-in page: GET /as/{uid}?person=grace signs them in and agrees to everything, ?person= cancels.
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/as/")) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  const { person } = ctx.query;
  if (person === undefined) {
    ctx.body = `sign in: ${details.prompt.name}`;
    return undefined;
  }
  let result;
  if (!person) result = { error: "access_denied", error_description: "The person said no." };
  else if (details.prompt.name === "login") result = { login: { accountId: person } };
  else {
    const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
    grant.addOIDCScope(details.params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
});

provider.listen(Number(new URL(issuer).port), "127.0.0.1", () => console.log("ready"));
