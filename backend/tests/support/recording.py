"""A screen's view that remembers each step it took, for the sites' own code to take again."""

from typing import Any

from tests.support.site_reducer import Json, SiteState


class Recording(SiteState):
    """A view, and what made it: a list that `sites/src/sync/reducer.test.ts` replays."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Json] = []

    def apply_frame(self, frame: Json) -> None:
        self.steps.append({"t": "frame", "frame": frame})
        super().apply_frame(frame)

    def load(self, loaded: Json) -> None:
        self.steps.append({"t": "loaded", "listed": loaded})
        super().load(loaded)

    def open(self, id: str, entries: list[Json]) -> None:
        self.steps.append({"t": "page", "id": id, "entries": entries})
        super().open(id, entries)

    def more(self, id: str, entries: list[Json]) -> None:
        self.steps.append({"t": "page", "id": id, "entries": entries})
        super().more(id, entries)

    def met(self, meter: Json) -> None:
        self.steps.append({"t": "met", "meter": {name: meter[name] for name in ("rev", "open", "most")}})
        super().met(meter)


def vector(recording: Recording, new_id: SiteState) -> dict[str, Any]:
    """The steps a screen took, and what a fresh load shows at their end."""
    threads = [{"row": row, "read": new_id.read(id), "seen": new_id.seen(id)} for id, row in new_id.rows.items()]
    return {"steps": recording.steps, "shows": {"threads": threads, "logs": new_id.logs, "meter": new_id.meter}}
