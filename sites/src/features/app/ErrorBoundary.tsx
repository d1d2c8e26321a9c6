// An error while something is drawn leads to the error page, which is loaded after the first page.

import { Component, type ComponentChildren } from "preact";
import { lazyPage } from "./lazy-page";

export const ErrorPage = lazyPage(() => import("./ErrorPage").then((page) => page.ErrorPage));

/** Draws its children, or the error page after one of them has thrown. */
export class ErrorBoundary extends Component<{ name: string; children: ComponentChildren }, { error: unknown }> {
  override state = { error: null };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  override render() {
    return this.state.error === null ? (
      this.props.children
    ) : (
      <ErrorPage error={this.state.error} name={this.props.name} />
    );
  }
}
