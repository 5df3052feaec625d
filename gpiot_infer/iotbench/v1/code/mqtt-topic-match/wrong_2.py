from fnmatch import fnmatchcase


def matching_filters(filters, topic):
    result = []
    for f in filters:
        if not f or "#" in f[:-1]:
            continue
        if topic.startswith("$") and f[0] in "+#":
            continue
        pattern = f.replace("+", "*").replace("#", "*")
        if fnmatchcase(topic, pattern) or (f.endswith("/#") and topic == f[:-2]):
            result.append(f)
    return result
