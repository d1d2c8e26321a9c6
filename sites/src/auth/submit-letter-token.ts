// The token of a letter's link goes to the issuer's page in a form, so that it is in no address there either.

export function submitLetterToken(page: string, token: string): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = page;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "token";
  field.value = token;
  form.append(field);
  document.body.append(form);
  form.submit();
}
