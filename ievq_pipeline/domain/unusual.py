"""How far from the usual a number must be before its submitter is asked. Wide on purpose: a question costs trust."""

#: a total is asked about from so many openings on, when it is so many times the sum of its rows; a position that needs
#: several skills stands in several rows, so that a sum above the total is nothing
TOTAL_FROM, TOTAL_TIMES = 50, 5
#: a series of a reporter is asked about when it is so many times what it was, or that part of it, and the larger of the
#: two is at least so many openings: from 1 to 12 is no jump
JUMP_FROM, JUMP_TIMES = 50, 10
#: a row is asked about from so many openings on, when it is so many times the largest row of at least so many others
PEERS_FROM, PEERS_TIMES, PEERS_LEAST = 500, 50, 8


def is_jump(now: int, before: int) -> bool:
    """From zero, or to it, is none: a skill is sought for the first time, or no more."""
    low, high = sorted((now, before))
    return low > 0 and high >= JUMP_FROM and high >= JUMP_TIMES * low


def is_jump_from_all(now: int, before: int, last_year: int | None) -> bool:
    """Neither the quarter before nor the same quarter of last year, where it is known, was anything like it."""
    if not is_jump(now, before):
        return False
    return not last_year or (is_jump(now, last_year) and (now > before) == (now > last_year))
