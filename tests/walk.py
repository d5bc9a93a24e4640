"""The rules of the examination in few words: what tests/test_walk.py compares the application with, act after act."""

REGION, DGCT = {"manager", "deputy"}, {"examiner", "colleague", "director"}
SEATS = ({"adviser"}, {"examiner", "colleague"}, {"director"})
OPINIONS, VERDICTS = {"favourable", "reserved", "unfavourable"}, {"approve", "return"}
REVIEWERS = {"adviser", *DGCT}
# Acts that need no reason; what an act on a remark makes of it.
FREE = {"recall", "favourable"}
AFTER = {"settle": "settled", "maintain": "open", "answer": "answered", "discard": "gone"}


class Model:
    """One step with an opinion, an examination and a decision."""

    def __init__(self):
        self.state, self.level, self.ended = "draft", 0, ""
        self.opened = self.late = self.touched = False
        self.submitter, self.before, self.spoken, self.returner = "", "draft", set(), ""
        self.remarks, self.sides, self.kept = [], [], []

    def speaks(self, who):
        seated = SEATS[self.level] | ({"director"} if self.level == 1 and self.late else set())
        return self.state == "submitted" and who in seated and who not in self.spoken

    def offered(self, who):
        """The acts that a page offers to a person."""
        under, offers = self.state == "submitted", set()
        if who in REGION:
            offers |= {"submit"} if self.state in ("draft", "returned") else set()
            offers |= {"recall"} if under and not self.opened else set()
        if self.speaks(who):
            offers |= VERDICTS if self.level else OPINIONS
        if who in DGCT:
            offers |= {"cancel_return"} if self.state == "returned" == self.ended and not self.touched else set()
            offers |= {"skip"} if under and self.late and not self.level else set()
        if who == "director" and self.state == "approved":
            offers.add("reopen")
        return offers | ({"unblock", "unblock_return"} if who == "administrator" and under else set())

    def may(self, who, action, reason, number=None):
        """Is it done? number: of the remark."""
        under, remark = self.state == "submitted", self.remarks[number] if number is not None else None
        left = [state for state in self.remarks if state not in ("settled", "gone")]
        if action in ("open", "remark"):
            return under and who in REVIEWERS
        if action in ("settle", "maintain"):
            return under and remark not in ("draft", "gone") and (who in DGCT or who == self.sides[number])
        if action == "discard":
            return remark == "draft" and (who in DGCT or self.sides[number] == who)
        if action == "answer":
            return who in REGION and self.state == "returned" and remark in ("open", "answered")
        if action == "edit":
            return who in REGION and self.state in ("draft", "returned")
        if action == "late":
            return under
        return action in self.offered(who) and {
            "submit": self.state == "draft" or "open" not in self.remarks, "approve": not left,
            "cancel_return": bool(reason) or who == self.returner,
            "return": bool(reason or left)}.get(action, bool(reason) or action in FREE)

    def carry_out(self, who, action, number=None):
        if action == "settle" and self.remarks[number] == "settled":
            return
        if action in AFTER:
            self.remarks[number] = AFTER[action]
        self.opened |= action in {"open", "remark", "settle", "maintain", "skip", "unblock", "unblock_return",
                                  *OPINIONS, *VERDICTS}
        self.touched |= action in ("edit", "answer")
        self.late |= action == "late"
        if action == "remark":
            self.remarks.append("draft")
            self.sides.append("DGCT" if who in DGCT else who)
        elif action == "submit":
            self.submitter, self.before, self.state, self.level = who, self.state, "submitted", 0
            self.opened, self.late, self.spoken, self.ended = False, False, set(), ""
        elif action == "recall":
            self.state, self.ended = self.before, "recalled"
        elif action in OPINIONS | {"approve", "skip", "unblock"}:
            self.spoken |= {who} if action in OPINIONS | VERDICTS else set()
            self.advance()
        elif action in ("return", "unblock_return"):
            self.returner = who
            self.state, self.ended, self.touched, self.kept = "returned", "returned", False, list(self.remarks)
            self.remarks = [state if state in ("settled", "gone") else "open" for state in self.remarks]
        elif action == "cancel_return":
            self.state, self.ended, self.remarks = "submitted", "", list(self.kept)
        elif action == "reopen":
            self.state = "returned"

    def advance(self):
        self.level, self.late = (self.level + 1) % len(SEATS), False
        if not self.level:
            self.state, self.ended = "approved", "approved"
            ends = {"open": "settled", "answered": "settled"}
            self.remarks = [ends.get(state, state) for state in self.remarks]
