"""What the sites do with what arrives, in Python: the same law as `sites/src/sync/reducer.ts`, over the same JSON."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class SiteState:
    """What one screen holds. `marks` are (read, seen); `logs` are those that were opened."""

    rows: dict[str, Json] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    logs: dict[str, list[Json]] = field(default_factory=dict)
    meter: Json | None = None

    def apply_frame(self, frame: Json) -> None:
        match frame["t"]:
            case "ack" | "event":
                self._row(frame["row"])
                self._entry(frame["id"], frame["row"]["rev"], frame["entry"])
            case "row":
                self._row(frame["row"])
            case "gone":
                self._gone(frame["id"], frame["rev"])
            case "meter":
                self.met(frame)
            case "seen":
                self._mark(frame["id"], 0, frame["seq"])
            case "read":
                self._mark(frame["id"], frame["read"], 0)

    def load(self, loaded: Json) -> None:
        """A row of a list, or a thread that was asked for."""
        self._row(loaded["row"])
        self._mark(loaded["row"]["id"], loaded["read"], loaded.get("seen", 0))

    def open(self, id: str, entries: list[Json]) -> None:
        """The whole log was fetched."""
        if id in self.rows:
            self.logs[id] = list(entries)

    def more(self, id: str, entries: list[Json]) -> None:
        """What an open log lacked was fetched."""
        self.logs[id].extend(entries)

    def met(self, meter: Json) -> None:
        if meter["rev"] > (self.meter or {"rev": 0})["rev"]:
            self.meter = {name: meter[name] for name in ("rev", "open", "most")}

    def read(self, id: str) -> int:
        return self.marks.get(id, (0, 0))[0]

    def seen(self, id: str) -> int:
        return self.marks.get(id, (0, 0))[1]

    def _row(self, row: Json) -> None:
        held = self.rows.get(row["id"])
        if row["rev"] > (held["rev"] if held else self.gone.get(row["id"], 0)):
            self.rows[row["id"]] = row

    def _entry(self, id: str, rev: int, entry: Json) -> None:
        log = self.logs.get(id)
        if log is not None and rev > self.gone.get(id, 0) and entry["seq"] == (log[-1]["seq"] if log else 0) + 1:
            log.append(entry)

    def _gone(self, id: str, rev: int) -> None:
        if rev <= self.gone.get(id, 0):
            return
        self.gone[id] = rev
        if id in self.rows and self.rows[id]["rev"] <= rev:
            del self.rows[id]
            self.logs.pop(id, None)

    def _mark(self, id: str, read: int, seen: int) -> None:
        self.marks[id] = max(read, self.read(id)), max(seen, self.seen(id))
