"""Makes the alias of a requester: two calm words and a number from a random id, which say nothing about the person."""

import base64

ADJECTIVES = (  # noqa: SIM905 - fifty words are read as prose
    "amber autumn bright calm clear cloudy coastal copper early evening gentle golden green grey hazel hidden hollow "
    "inland ivory kindly late level light linen little long mellow mild misty morning mossy narrow northern olive open "
    "pale patient plain quiet rainy rolling round rustic sandy shady silver slow small snowy soft southern spring "
    "steady still stony summer sunny tall upland velvet warm western wide winter"
).split()
PLACES = (  # noqa: SIM905 - (the same)
    "alder aspen bank bay beach birch bridge brook cedar cliff clover coast cove creek dale dune elm fern field fir "
    "fjord forest garden gate glade glen grove harbour heath hedge hill hollow island juniper lake lane larch leaf "
    "linden maple marsh meadow moor oak orchard path pebble pine pond poplar reed ridge river rowan shore spruce stone "
    "stream thicket vale valley willow wood yew"
).split()


def make_alias(random_id: str) -> str:
    """Such as "Quiet harbour 42". The id must be used for nothing else: whoever sees the alias learns a part of it."""
    bits = int.from_bytes(base64.urlsafe_b64decode(random_id + "=="))
    bits, number = divmod(bits, 90)
    bits, second = divmod(bits, len(PLACES))
    return f"{ADJECTIVES[bits % len(ADJECTIVES)].capitalize()} {PLACES[second]} {number + 10}"
