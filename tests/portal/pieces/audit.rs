//! Pieces of `audit`, each by itself.

mod chain {
    use lunzhi::{
        audit::chain::{Link, Mark},
        ids::AccountId,
    };
    use time::OffsetDateTime;

    #[test]
    fn marks_read_back_and_names_are_no_marks() {
        let mark = Mark::Account(AccountId::random());
        assert_eq!(Mark::parse(&mark.to_string()), Some(mark));
        assert_eq!(Mark::parse("王老师（T1）"), None);
        assert_eq!(Mark::parse("⟦账号 x⟧"), None);
        let text = format!("[\"{mark}\",\"⟦…\",\"甲\"]");
        assert_eq!(Mark::all_in(&text).map(|(found, _)| found).collect::<Vec<_>>(), [mark]);
    }

    #[test]
    fn any_changed_field_changes_the_hash() {
        let link = |object, office| Link {
            seq: 1,
            at: OffsetDateTime::UNIX_EPOCH,
            institution: None,
            account: None,
            actor: "甲",
            office,
            verb: "建立账号",
            object,
            detail: "{}",
            clause: "",
        };
        let hash = link("乙", "管理员").hash(&[0; 32]);
        assert_eq!(hash, link("乙", "管理员").hash(&[0; 32]));
        assert_ne!(hash, link("丙", "管理员").hash(&[0; 32]));
        assert_ne!(hash, link("乙", "管理员").hash(&[1; 32]));
        assert_ne!(link("a", "b\",\"c").hash(&[0; 32]), link("a\",\"b", "c").hash(&[0; 32]));
    }
}
