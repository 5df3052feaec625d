def matching_filters(filters, topic):
    def match(f):
        if not f:
            return False
        a = [x for x in f.split("/") if x]
        b = [x for x in topic.split("/") if x]
        if topic.startswith("$") and a and a[0] in "+#":
            return False
        for i, (p, t) in enumerate(zip(a, b, strict=False)):
            if p == "#":
                return i == len(a) - 1
            if p != "+" and p != t:
                return False
        return len(b) >= len(a) - (1 if a and a[-1] == "#" else 0)

    return [f for f in filters if match(f)]
