//! Pieces of `sealing`, each by itself.

mod keys {
    use std::fs;

    use lunzhi::{
        ids::{AccountId, SittingId},
        sealing::keys::{
            MarkKey, OVERHEAD, OpenShare, Purpose, all_join, join, make_pair, open, pair_of, passphrase, salt, seal,
            share, split,
        },
    };
    use proptest::prelude::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone() {
        let (secret, public) = make_pair();
        let (sitting, other) = (SittingId::random(), SittingId::random());
        let sealed = seal(&public, Purpose::Envelope(sitting, 7), b"ballot").unwrap();
        assert_eq!(sealed.len(), 6 + OVERHEAD);
        assert_eq!(open(&secret, Purpose::Envelope(sitting, 7), &sealed).unwrap().as_slice(), b"ballot");
        assert!(open(&secret, Purpose::Envelope(sitting, 8), &sealed).is_none());
        assert!(open(&secret, Purpose::Envelope(other, 7), &sealed).is_none());
        assert!(open(&secret, Purpose::Rehearsal(sitting, 7), &sealed).is_none());
        assert!(open(&make_pair().0, Purpose::Envelope(sitting, 7), &sealed).is_none());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(open(&secret, Purpose::Envelope(sitting, 7), &changed).is_none(), "byte {place}");
        }
        assert!(open(&secret, Purpose::Envelope(sitting, 7), &sealed[..20]).is_none());
    }

    #[test]
    fn a_passphrase_gives_its_key_however_it_is_typed() {
        let (phrase, salt, another_salt) = (passphrase(), salt(), salt());
        let (_, public) = pair_of(&phrase, &salt).unwrap();
        let typed = phrase.to_uppercase().replace('-', " ");
        assert_eq!(pair_of(&typed, &salt).unwrap().1, public);
        assert_ne!(pair_of(&passphrase(), &salt).unwrap().1, public);
        assert_ne!(pair_of(&phrase, &another_salt).unwrap().1, public);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_k_of_n_shares_give_the_key_and_fewer_do_not(n in 2..=9_usize, k in 2..=9_u8, seed in any::<u64>()) {
            let k = k.min(u8::try_from(n).unwrap());
            let (secret, public) = make_pair();
            let mut shares: Vec<OpenShare> = split(&secret, k, n).iter().map(|one| share(one).unwrap()).collect();
            let turn = usize::try_from(seed % u64::try_from(n).unwrap()).unwrap();
            shares.rotate_left(turn);
            let some = &shares[..usize::from(k)];
            prop_assert!(join(some, k, &public).is_some());
            prop_assert!(join(&some[1..], k, &public).is_none());
            prop_assert!(join(&some[1..], k - 1, &public).is_none());
            prop_assert!(join(some, k, &make_pair().1).is_none());
            prop_assert!(all_join(&shares, k, &public) && !all_join(some, k, &make_pair().1));
            let strange = split(&make_pair().0, k, n);
            shares[0] = share(&strange[turn]).unwrap();
            prop_assert!(!all_join(&shares, k, &public), "one that is of another key is found");
        }
    }

    #[test]
    fn a_share_alone_shows_that_it_is_the_one_that_was_dealt() {
        let (key, sitting, account) = (MarkKey::random(), SittingId::random(), AccountId::random());
        let (secret, public) = make_pair();
        let shares: Vec<OpenShare> = split(&secret, 2, 3).iter().map(|one| share(one).unwrap()).collect();
        let mark = key.mark_share(sitting, account, &public, &shares[0]);
        assert!(key.is_share(sitting, account, &public, &shares[0], &mark));
        assert!(!key.is_share(sitting, account, &public, &shares[1], &mark));
        assert!(!key.is_share(sitting, AccountId::random(), &public, &shares[0], &mark));
        assert!(!key.is_share(sitting, account, &make_pair().1, &shares[0], &mark), "of another ceremony");
    }

    #[test]
    fn a_mark_is_of_its_parts_and_its_key() {
        let (key, sitting) = (MarkKey::random(), SittingId::random());
        let mark = key.mark_envelope(sitting, 3, b"sealed");
        assert!(key.is_envelope(sitting, 3, b"sealed", &mark));
        assert!(!key.is_envelope(sitting, 4, b"sealed", &mark));
        assert!(!key.is_envelope(sitting, 3, b"sealeD", &mark));
        assert!(!MarkKey::random().is_envelope(sitting, 3, b"sealed", &mark));
        assert_ne!(key.mark("x", &[b"ab", b"c"]), key.mark("x", &[b"a", b"bc"]));
    }

    #[test]
    fn the_key_of_the_mark_is_a_file_that_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inner/ballot.key");
        let first = MarkKey::load_or_make(&path).unwrap();
        assert_eq!(first.check_value(), MarkKey::load_or_make(&path).unwrap().check_value());
        fs::write(&path, b"short").unwrap();
        assert!(MarkKey::load_or_make(&path).is_err());
    }
}

mod recipient {
    use lunzhi::{
        ids::SittingId,
        sealing::{
            keys::{OVERHEAD, PublicKey, Purpose, make_pair, open, seal},
            recipient::{Opener, Recipient},
        },
    };

    /// A point of order eight, and one that is not on the curve but on its twist.
    const OF_ORDER_EIGHT: &str = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800";
    const ON_THE_TWIST: &str = "0200000000000000000000000000000000000000000000000000000000000000";

    #[test]
    fn what_is_sealed_by_a_table_is_opened_by_the_library() {
        let purpose = Purpose::Envelope(SittingId::random(), 7);
        for _ in 0..64 {
            let (secret, public) = make_pair();
            let recipient = Recipient::new(&public).unwrap();
            let sealed = recipient.seal(purpose, b"ballot").unwrap();
            assert_eq!(open(&secret, purpose, &sealed).unwrap().as_slice(), b"ballot");
            assert_ne!(sealed, recipient.seal(purpose, b"ballot").unwrap());
            assert!(open(&make_pair().0, purpose, &sealed).is_none());
        }
    }

    #[test]
    fn an_opener_opens_what_the_library_opens_and_nothing_else() {
        let (purpose, other) = (Purpose::Envelope(SittingId::random(), 7), Purpose::Envelope(SittingId::random(), 7));
        for _ in 0..64 {
            let (secret, public) = make_pair();
            let (opener, recipient) = (Opener::new(&secret).unwrap(), Recipient::new(&public).unwrap());
            for sealed in [recipient.seal(purpose, b"ballot").unwrap(), seal(&public, purpose, b"ballot").unwrap()] {
                assert_eq!(opener.open(purpose, &sealed).unwrap().as_slice(), b"ballot");
                assert!(opener.open(other, &sealed).is_none());
                assert!(Opener::new(&make_pair().0).unwrap().open(purpose, &sealed).is_none());
            }
        }
        let (secret, public) = make_pair();
        let (opener, sealed) = (Opener::new(&secret).unwrap(), seal(&public, purpose, b"ballot").unwrap());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(opener.open(purpose, &changed).is_none(), "byte {place}");
            assert!(opener.open(purpose, &sealed[..place]).is_none(), "{place} bytes");
        }
    }

    #[test]
    fn an_opener_agrees_on_no_point_that_every_secret_leads_to() {
        let (purpose, (secret, _)) = (Purpose::Envelope(SittingId::random(), 7), make_pair());
        let opener = Opener::new(&secret).unwrap();
        for text in [&format!("{:064}", 0), &format!("01{:062}", 0), OF_ORDER_EIGHT, ON_THE_TWIST] {
            let sealed = [hex::decode(text).unwrap(), vec![0; OVERHEAD]].concat();
            assert!(opener.open(purpose, &sealed).is_none() && open(&secret, purpose, &sealed).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_that_hides_nothing_is_refused() {
        for text in [&format!("{:064}", 0), &format!("01{:062}", 0), OF_ORDER_EIGHT, ON_THE_TWIST] {
            let key = PublicKey::from_bytes(&hex::decode(text).unwrap()).unwrap();
            assert!(Recipient::new(&key).is_none(), "{text}");
        }
    }
}
