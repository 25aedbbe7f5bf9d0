#!/usr/bin/env bash
# Six of eleven voters name 丙 and nobody else: preflibtools and pref_voting then have 甲 beat 丙, five to nothing.
#
# Where voters need not put everybody in order, who is left off a ballot stands behind those who are on it: that is how votelib
# counts, 丙 beats 甲 by six to five and is elected by Condorcet's and Copeland's rules. To preflibtools' pairwise_scores and to
# pref_voting's margins somebody who is not on the ballot is not compared: a ballot with one name says nothing about any two
# people, and the six voters have no part in the count. has_condorcet is True and it is 甲, whom six voters of eleven did
# not want; pref_voting's plurality and instant_runoff, from the same profile, give 丙. Nothing is reported. pref_voting has a
# switch, use_extended_strict_preference(), which is off, and with it 丙 wins; pairwise_scores has none. A profile on
# which everybody ranks everybody, which is what one tries with, is the same in all three.
#
# Guessed before: a name on the ballot is preferred to names that are not on it.
# Seen with preflibtools 2.0.33, pref_voting 1.18.2, votelib 0.4.0, Python 3.11, run on 2026-11-29.
# Who is hurt: a candidate with more than half of the first choices, whose voters did as the ballot allows, 可只选一人; the fewer
# names people write, the less their votes count.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t"
python3 -m venv v
v/bin/pip install -q preflibtools==2.0.33 pref_voting==1.18.2 votelib==0.4.0

cat >count.py <<'PY'
import warnings

warnings.simplefilter("ignore")
import preflibtools.properties
import pref_voting.c1_methods, pref_voting.iterative_methods, pref_voting.scoring_methods
import votelib.convert, votelib.evaluate.condorcet
from preflibtools.instances import OrdinalInstance
from pref_voting.profiles_with_ties import ProfileWithTies

people = "甲乙丙"

def counts(six):
    ballots = [(six, 6), ([0, 1, 2], 5)]
    instance = OrdinalInstance()
    instance.num_alternatives, instance.alternatives_name = 3, dict(enumerate(people, 1))
    instance.append_order_list([tuple((place + 1,) for place in order) for order, number in ballots for _ in range(number)])
    beats = preflibtools.properties.pairwise_scores(instance)
    profile = ProfileWithTies([{who: rank for rank, who in enumerate(order, 1)} for order, _ in ballots],
                              [number for _, number in ballots], candidates=[0, 1, 2])
    found = {
        "preflibtools 甲:丙": (beats[1][3], beats[3][1]),
        "has_condorcet": preflibtools.properties.has_condorcet(instance),
        "pref_voting": people[profile.condorcet_winner()],
        "copeland": [people[who] for who in pref_voting.c1_methods.copeland(profile)],
        "plurality": [people[who] for who in pref_voting.scoring_methods.plurality(profile)],
        "instant_runoff": [people[who] for who in pref_voting.iterative_methods.instant_runoff(profile)],
    }
    profile.use_extended_strict_preference()
    found["with the switch"] = people[profile.condorcet_winner()]
    votes = {tuple(people[who] for who in order): number for order, number in ballots}
    pairs = votelib.convert.RankedToCondorcetVotes().convert(votes)
    found["votelib"] = votelib.evaluate.condorcet.CondorcetWinner().evaluate(pairs)
    print(found)
    return list(found.values())

assert counts([2, 1, 0]) == [(5, 6), True, "丙", ["丙"], ["丙"], ["丙"], "丙", ["丙"]]
assert counts([2]) == [(5, 0), True, "甲", ["甲"], ["丙"], ["丙"], "丙", ["丙"]]
print("as on 2026-11-29: six lose to five")
PY
v/bin/python count.py
