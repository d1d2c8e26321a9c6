// The last resort: whatever fails while a page is drawn or begins is said in words, with a way on; never a white page.

import { Component, type ComponentChildren } from "preact";
import { keeping, sweep } from "../storage";
import { words } from "../words";
import { Before } from "./Door";

interface BrokenProps {
  error: unknown;
  /** Under what name this site keeps things; unknown until the site knows its home. */
  name?: string | undefined;
}

export function Broken({ error, name }: BrokenProps) {
  const said = words.broken;
  const clear = () => {
    sweep(name ?? "");
    location.reload();
  };
  return (
    <Before site="">
      <p class="lead">{said.title}</p>
      <p>{keeping.value === "kept" ? said.kept : said.notKept}</p>
      <div class="door-actions">
        <button type="button" class="button primary wide" onClick={() => location.reload()}>
          {said.reload}
        </button>
        {name && (
          <>
            <p class="muted">{said.again}</p>
            <button type="button" class="button wide" onClick={clear}>
              {said.clear}
            </button>
          </>
        )}
      </div>
      <p class="muted small" translate={false}>
        {String(error)}
      </p>
    </Before>
  );
}

/** Draws its children; once one of them throws, the last resort. */
export class Guard extends Component<{ name: string; children: ComponentChildren }, { error: unknown }> {
  override state = { error: null };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  override render() {
    return this.state.error === null ? this.props.children : <Broken error={this.state.error} name={this.props.name} />;
  }
}
