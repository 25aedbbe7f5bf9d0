//! Pieces of `sign_in`, each by itself.

mod networks {
    use lunzhi::{sign_in::networks::Networks, web::network::Network};
    use time::{Duration, OffsetDateTime};

    const START: OffsetDateTime = time::macros::datetime!(2026-11-28 8:00 UTC);

    fn network(text: &str) -> Network {
        Network::of(text.parse().unwrap())
    }

    #[test]
    fn whoever_guesses_at_many_accounts_has_to_wait_and_others_do_not() {
        let (networks, guesser) = (Networks::default(), network("10.1.1.1"));
        let told = (0..150).filter(|_| networks.failed(guesser, START)).count();
        assert_eq!(told, 1, "the record hears of it once");
        assert!(networks.closed_until(guesser, START).is_some());
        assert!(networks.closed_until(network("10.1.2.1"), START).is_none());
        assert!(networks.closed_until(guesser, START + Duration::minutes(5)).is_none(), "nobody is shut for good");
    }

    #[test]
    fn a_campus_behind_one_address_is_not_slowed_on_the_morning_of_an_election() {
        let (networks, campus) = (Networks::default(), network("10.1.1.1"));
        for person in 0..10_000 {
            let now = START + Duration::milliseconds(100 * person);
            assert!(networks.closed_until(campus, now).is_none(), "person {person}");
            // Every tenth person mistypes once.
            if person % 10 == 0 {
                assert!(!networks.failed(campus, now));
            }
            networks.succeeded(campus, now);
        }
    }
}

mod factor {
    use lunzhi::{
        ids::AccountId,
        sealing::keys::MarkKey,
        sign_in::factor::{FactorKey, FactorSecret, Kind, recovery_codes},
    };
    use time::OffsetDateTime;

    fn at(second: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(second).unwrap()
    }

    #[test]
    fn rfc_6238_appendix_b_its_codes_are_accepted_one_step_off_and_no_further() {
        let secret = FactorSecret::of(*b"12345678901234567890");
        // The last six of the eight digits that the appendix prints for SHA-1.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = second / 30;
            for off in [-30, 0, 30] {
                assert_eq!(secret.step_of(code, at(second + off)).unwrap(), Some(step), "{code} {off}");
            }
            assert_eq!(secret.step_of(code, at(second + 60)).unwrap(), None);
            assert_eq!(secret.step_of(code, at((second - 60).max(120))).unwrap(), None);
        }
        assert_eq!(secret.step_of(" ２８７　０８２ ", at(59)).unwrap(), Some(1), "as people type");
        assert_eq!(secret.step_of("+87082", at(59)).unwrap(), None);
        assert_eq!(secret.step_of("", at(59)).unwrap(), None);
        assert_eq!(secret.text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(secret.link("张1&x").is_ascii(), "{}", secret.link("张1&x"));
    }

    #[test]
    fn a_secret_opens_with_its_key_for_its_account_alone() {
        let (mark, account) = (MarkKey::random(), AccountId::random());
        let (key, other) = (FactorKey::of(&mark), FactorKey::of(&MarkKey::random()));
        let secret = FactorSecret::random();
        let sealed = secret.seal(&key, account).unwrap();
        assert_eq!(FactorSecret::open(&sealed, &FactorKey::of(&mark), account).unwrap().text(), secret.text());
        assert!(FactorSecret::open(&sealed, &other, account).is_none());
        assert!(FactorSecret::open(&sealed, &key, AccountId::random()).is_none());
    }

    #[test]
    fn six_digits_are_of_the_device_and_all_else_of_the_paper() {
        assert_eq!(
            (Kind::of("１２３ 456"), Kind::of("12345a"), Kind::of("")),
            (Kind::Device, Kind::Recovery, Kind::Recovery)
        );
        let codes = recovery_codes();
        assert!(codes.len() == 8 && codes.iter().all(|code| Kind::of(code) == Kind::Recovery));
    }
}
