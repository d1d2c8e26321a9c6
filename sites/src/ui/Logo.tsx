// The product's logo: the u of uconnect, and a word on its way. The sign-in pages show the same file.

import logo from "./logo.svg";

export const Logo = ({ size = 24 }: { size?: number }) => (
  <img class="logo" src={logo} width={size} height={size} alt="" />
);
