//! Which parts of a whole may be shown beside it, so that neither a number nor the difference of two tells of a few people.

/// The parts that may be shown, of those offered and in their order. All that can be reckoned from them are sums over blocks
/// of `fewest` people or more; a part that would split off fewer is folded, and with it the part that would give it away.
#[must_use]
pub fn shown<C, P: Copy>(
    cells: &[C],
    parts: Vec<P>,
    fewest: i64,
    people: impl Fn(&C) -> i64,
    holds: impl Fn(P, &C) -> bool,
) -> Vec<P> {
    let is_enough = |side: &[&C]| side.iter().map(|cell| people(cell)).sum::<i64>() >= fewest;
    let mut blocks: Vec<Vec<&C>> = vec![cells.iter().collect()];
    let mut shown = Vec::new();
    for part in parts {
        let halves = blocks.iter().flat_map(|block| {
            let (within, without): (Vec<&C>, Vec<&C>) = block.iter().copied().partition(|cell| holds(part, cell));
            [within, without]
        });
        let halves: Vec<Vec<&C>> = halves.filter(|half| !half.is_empty()).collect();
        if halves.iter().all(|half| is_enough(half)) {
            blocks = halves;
            shown.push(part);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_part_is_folded_with_a_small_one() {
        let cells = [("a", 30), ("b", 9), ("c", 4)];
        let parts = |fewest| shown(&cells, vec!["a", "b", "c"], fewest, |cell| cell.1, |part, cell| part == cell.0);
        assert_eq!(parts(5), ["a"], "the whole less a and b would tell of four");
        assert_eq!(parts(4), ["a", "b", "c"]);
        assert!(parts(44).is_empty(), "nothing beside a whole that is small itself");
    }
}
