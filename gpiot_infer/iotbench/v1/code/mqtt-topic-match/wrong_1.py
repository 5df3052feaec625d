import re


def matching_filters(filters, topic):
    result = []
    for f in filters:
        levels = f.split("/")
        if not f or "#" in f[:-1] or any(("+" in lv and lv != "+") or ("#" in lv and lv != "#") for lv in levels):
            continue
        parts = []
        for lv in levels:
            if lv == "+":
                parts.append("[^/]*")
            elif lv == "#":
                parts.append(".*")
            else:
                parts.append(re.escape(lv))
        if re.fullmatch("/".join(parts), topic):
            result.append(f)
    return result
