"""Where the labels of a drawing go, so that no line crosses them and none covers another. Plain whole numbers; no HTML.

A box is (left, top, right, bottom), a line the list of the spots (x, y) that it joins.
"""
from dataclasses import dataclass, field


@dataclass
class Placing:
    """lines: those that labels avoid; taken: the boxes that hold something already; edges: the box of the drawing."""
    lines: list
    edges: tuple
    taken: list = field(default_factory=list)

    def place(self, boxes):
        """(The first of these boxes that meets the least, how much it meets): it is taken from then on."""
        within = [box for box in boxes if self.edges[0] <= box[0] and box[2] <= self.edges[2]
                  and self.edges[1] <= box[1] and box[3] <= self.edges[3]] or boxes[:1]
        met, _, box = min((self.met(box), place, box) for place, box in enumerate(within))
        self.taken.append(box)
        return box, met

    def met(self, box):
        return sum(overlap(box, other) for other in self.taken) + sum(
            crosses(box, start, end) for line in self.lines for start, end in zip(line, line[1:], strict=False))


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def crosses(box, start, end):
    """Does the segment between two spots go through the box? It does unless all of the box lies on one side of it."""
    left, top, right, bottom = box
    (x1, y1), (x2, y2) = start, end
    if max(x1, x2) < left or min(x1, x2) > right or max(y1, y2) < top or min(y1, y2) > bottom:
        return False
    sides = [(x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) for x in (left, right) for y in (top, bottom)]
    return min(sides) <= 0 <= max(sides)
