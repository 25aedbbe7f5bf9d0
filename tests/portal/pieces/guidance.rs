//! Pieces of `guidance`, each by itself.

mod settlement {
    use lunzhi::{
        guidance::settlement::YearAccount, ids::MatterId, matters::store::SettledMatter, rules::matters::MatterKind,
    };
    use time::macros::{date, datetime};

    #[test]
    fn an_account_is_summed_in_fen_and_as_it_stood() {
        let one = |number, closed_at, planned, spent| SettledMatter {
            id: MatterId::random(),
            number,
            kind: MatterKind::Funds,
            title: "打印".to_owned(),
            closed_at,
            planned,
            spent,
        };
        let account = YearAccount {
            matters: vec![
                one(1, datetime!(2026-10-01 16:30 UTC), 10, 7),
                one(2, datetime!(2027-03-01 0:00 +8), 20, 19_999_999_999),
            ],
            open: 0,
            first: date!(2026 - 08 - 01),
            last: date!(2027 - 07 - 31),
        };
        assert_eq!((account.planned(), account.spent()), (30, 20_000_000_006));
        let table = account.table();
        assert_eq!(table.rows[0], ["打印（经费物资第1号）", "2026年10月2日", "0.10", "0.07"]);
        assert_eq!(table.rows[2], ["合计", "", "0.30", "200000000.06"]);
        assert!(account.draft().starts_with("一、四类事项：办结有经费的事项2件，预算合计0.30元"));
        assert_eq!(account.at(datetime!(2026-12-01 0:00 +8)).matters.len(), 1);
    }
}
