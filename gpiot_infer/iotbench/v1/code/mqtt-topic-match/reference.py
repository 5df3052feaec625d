def matching_filters(filters: list[str], topic: str) -> list[str]:
    """Return the valid filters that match a topic."""
    # An invalid filter holds "+" or "#" as plain characters, which no topic has; the empty one has a level that no topic consists of.
    return [each for each in filters if _matches(each.split("/"), topic.split("/"))]


def _matches(pattern: list[str], levels: list[str]) -> bool:
    if levels[0].startswith("$") and pattern[0] in ("+", "#"):
        return False
    if pattern[-1] == "#":
        pattern = pattern[:-1]
        levels = levels[: len(pattern)]
    return len(pattern) == len(levels) and all(wanted in ("+", level) for wanted, level in zip(pattern, levels, strict=True))
