//! Pieces of `matters`, each by itself.

use lunzhi::{matters::forms::budget, web::forms::Errors};

#[test]
fn a_budget_is_a_line_each_with_an_amount() {
    let mut errors = Errors::default();
    let lines = budget("横幅 2 条 120.5\n\n场地：300\n", &mut errors).unwrap();
    let read: Vec<_> = lines.iter().map(|line| (line.name.as_str(), line.planned)).collect();
    assert_eq!(read, [("横幅 2 条", 12_050), ("场地", 30_000)]);
    assert_eq!(budget("横幅", &mut errors), None);
}
