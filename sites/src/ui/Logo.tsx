// The product's logo: the u of uconnect, and a word on its way. The sign-in pages show the same file. A page that cannot
// reach the server shows nothing in its place.

import logo from "./logo.svg";

export const Logo = ({ size = 24 }: { size?: number }) => (
  <img
    class="logo"
    src={logo}
    width={size}
    height={size}
    alt=""
    onError={(event) => (event.currentTarget.hidden = true)}
  />
);
