//! Pieces of `web`, each by itself; one file a room, as the others.

mod media {
    use lunzhi::web::media::{JPEG, PDF, PNG, WORD, document, saved_name, scan};

    #[test]
    fn a_document_is_what_its_first_bytes_say() {
        assert_eq!((scan(b"%PDF-1.7"), scan(b"\xFF\xD8\xFF\xE0"), scan(b"GIF89a")), (Some(PDF), Some(JPEG), None));
        assert_eq!(scan(b"\x89PNG\r\n\x1a\n"), Some(PNG));
        assert_eq!((document(b"%PDF-1.7"), document(b"PK\x03\x04 word/document.xml")), (Some(PDF), Some(WORD)));
        assert_eq!((document(b"PK\x03\x04 xl/workbook.xml"), document(b"<html>"), document(b"")), (None, None, None));
    }

    #[test]
    fn a_saved_name_has_no_folder_and_the_ending_of_what_it_is() {
        assert_eq!(saved_name("../../../etc/决定.html", PDF, "扫描件"), "决定.pdf");
        assert_eq!(saved_name("C:\\扫描\\一.二.JPG", JPEG, "扫描件"), "一.二.jpg");
        assert_eq!(saved_name(".png", PNG, "扫描件"), "扫描件.png");
        assert_eq!(saved_name("../a/方案.html", WORD, "方案原件"), "方案.docx");
    }
}

mod connections {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        time::Duration,
    };

    use axum::{Router, body::Bytes, routing::get};
    use lunzhi::web::connections::{Limits, serve};
    use tokio::{
        io::AsyncWriteExt,
        net::{TcpListener, TcpStream},
    };

    static LET_GO: AtomicBool = AtomicBool::new(false);

    struct Large(Vec<u8>);

    impl AsRef<[u8]> for Large {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    impl Drop for Large {
        fn drop(&mut self) {
            LET_GO.store(true, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn whoever_takes_nothing_of_an_answer_is_cut_off_and_it_lies_in_memory_no_more() {
        // More than the buffers between the two take.
        let large = || async { Bytes::from_owner(Large(vec![7; 64 * 1024 * 1024])) };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = Limits { taken_within: Duration::from_millis(200), ..Limits::default() };
        tokio::spawn(serve(listener, Router::new().route("/", get(large)), limits, std::future::pending()));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let cut_off = async {
            while !LET_GO.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), cut_off).await.unwrap();
        drop(client);
    }
}

mod routes {
    use axum::{
        body::Body,
        http::{Request as Asked, StatusCode},
        response::{IntoResponse, Response},
    };
    use lunzhi::{
        failure::{BrokeOff, Failure},
        web::routes::Routes,
    };
    use tower::ServiceExt;

    async fn away() -> Response {
        Failure::Away.into_response()
    }

    #[tokio::test]
    async fn a_page_that_is_recorded_is_never_read_once_more() {
        let routes = Routes::<()>::default().recorded_get("/file", away).get("/page", away).into_router();
        let asked = |path: &str| routes.clone().oneshot(Asked::get(path).body(Body::empty()).unwrap());
        let recorded = asked("/file").await.unwrap();
        assert_eq!(recorded.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(recorded.extensions().get::<BrokeOff>().is_none());
        // Around a page that only reads stands the layer that reads again, which asks for the pools.
        assert_eq!(asked("/page").await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}

mod downloads {
    use axum::{
        Extension, Router,
        body::{Body, HttpBody, to_bytes},
        extract::Path,
        http::{Request as Asked, StatusCode},
        middleware,
        response::IntoResponse,
        routing::get,
    };
    use lunzhi::{
        ids::AccountId,
        web::downloads::{DownloadReader, Downloads, few_at_once},
    };
    use tower::ServiceExt;

    /// Large files at once: of one account, and of all who are not signed in.
    const TO_ONE: usize = 4;
    const TO_STRANGERS: usize = 8;

    #[tokio::test]
    async fn an_account_has_a_few_large_files_on_their_way_and_leaves_the_others_theirs() {
        let accounts = [AccountId::random(), AccountId::random()];
        // Of whom a handler asks who it is, as the extractors do.
        let large = move |Path(who): Path<usize>, Extension(reader): Extension<DownloadReader>| async move {
            reader.note(accounts[who]);
            vec![7_u8; 2 * 1024 * 1024]
        };
        let routes = Router::new()
            .route("/large/{who}", get(large))
            .route("/small", get(|| async { "small" }))
            .route("/of-nobody", get(|| async { vec![7_u8; 2 * 1024 * 1024] }))
            .layer(middleware::from_fn(few_at_once))
            .layer(Extension(Downloads::default()));
        // The same account in another browser each time.
        let ask = |path: &str, session: usize| {
            let request = Asked::get(path).header("host", "127.0.0.1").header("cookie", format!("lunzhi={session}"));
            routes.clone().oneshot(request.body(Body::empty()).unwrap())
        };
        let mut unread = Vec::new();
        for session in 0..TO_ONE {
            let response = ask("/large/0", session).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            unread.push(response);
        }
        assert_eq!(ask("/large/0", TO_ONE).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask("/small", 0).await.unwrap().status(), StatusCode::OK);
        assert_eq!(ask("/of-nobody", 0).await.unwrap().status(), StatusCode::OK);
        assert_eq!(ask("/large/1", 0).await.unwrap().status(), StatusCode::OK);
        unread.pop();
        assert_eq!(ask("/large/0", 0).await.unwrap().status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_place_is_taken_until_the_file_is_sent() {
        let downloads = Downloads::default();
        let _others: Vec<_> = (1..TO_STRANGERS).map(|_| downloads.place().unwrap()).collect();
        let response = downloads.place().unwrap().held_by(vec![7_u8; 100_000].into_response());
        let refused = downloads.place().unwrap_err().into_response();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(response.body().size_hint().exact(), Some(100_000), "its length is said");
        let sent = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(downloads.place().is_err(), "read and not yet sent");
        assert_eq!(sent.len(), 100_000);
        drop(sent);
        let gone = downloads.place().unwrap().held_by(StatusCode::OK.into_response());
        drop(gone);
        assert!(downloads.place().is_ok(), "its reader has gone");
    }
}

mod cookies {
    use axum::http::{HeaderMap, HeaderValue, header};
    use lunzhi::web::cookies::Cookie;
    use time::Duration;

    const COOKIE: Cookie = Cookie { name: "lunzhi-slip", lasts: Duration::hours(4) };

    fn request(host: &str, cookie: &str) -> HeaderMap {
        [(header::HOST, host), (header::COOKIE, cookie)]
            .into_iter()
            .map(|(name, value)| (name, HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn away_from_loopback_a_cookie_is_bound_to_the_host_when_written_and_when_cleared() {
        let (away, here) = (request("lunzhi.example.edu.cn", ""), request("127.0.0.1:8080", ""));
        let rest = "HttpOnly; SameSite=Lax";
        assert_eq!(
            COOKIE.write(&away, "abc").unwrap(),
            format!("__Host-lunzhi-slip=abc; Path=/; Max-Age=14400; {rest}; Secure")
        );
        assert_eq!(COOKIE.clear(&away).unwrap(), format!("__Host-lunzhi-slip=; Path=/; Max-Age=0; {rest}; Secure"));
        assert_eq!(COOKIE.write(&here, "abc").unwrap(), format!("lunzhi-slip=abc; Path=/; Max-Age=14400; {rest}"));
        assert!(COOKIE.write(&here, "a\nb").is_err());
    }

    #[test]
    fn a_cookie_that_is_not_bound_to_the_host_is_read_on_loopback_alone() {
        let sent = "a=b; lunzhi-slip=plain; __Host-lunzhi-slip=bound";
        assert_eq!(COOKIE.read(&request("lunzhi.example.edu.cn", sent)), Some("bound"));
        assert_eq!(COOKIE.read(&request("[::1]:8080", sent)), Some("plain"));
        assert_eq!(COOKIE.read(&request("lunzhi.example.edu.cn", "lunzhi-slip=plain")), None);
        assert_eq!(COOKIE.read(&request("localhost", "__Host-lunzhi-slip=bound")), None);
    }
}

mod intake {
    use std::time::Duration;

    use axum::http::{HeaderMap, header};
    use lunzhi::{
        database::space::Space,
        ids::AccountId,
        sheet::LARGEST_FILE,
        web::{intake::Intake, routes::LARGEST_FORM},
    };

    const LARGEST_BODY: usize = LARGEST_FILE + LARGEST_FORM;

    fn of_length(length: usize) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_LENGTH, length.into())])
    }

    #[tokio::test]
    async fn uploads_keep_within_their_budget_and_an_account_within_its_two() {
        let intake = Intake::waiting(Duration::ZERO, Space::default());
        let people: Vec<AccountId> = (0..10).map(|_| AccountId::random()).collect();
        let (large, small) = (of_length(LARGEST_BODY), of_length(1));
        let mut held = Vec::new();
        for person in &people[..2] {
            for _ in 0..2 {
                held.push(intake.place(*person, &large).await.unwrap());
            }
        }
        assert!(intake.place(people[0], &large).await.is_err(), "an account has two");
        assert!(intake.place(people[9], &small).await.is_err(), "the budget is used up");
        held.pop();
        let one = intake.place(people[9], &small).await.unwrap();
        assert!(intake.place(people[9], &large).await.is_err(), "nothing that long is left");
        drop((held, one));
        let mut again = Vec::new();
        for person in &people[..4] {
            again.push(intake.place(*person, &large).await.unwrap());
        }
        assert!(intake.place(people[9], &small).await.is_err(), "all was given back, and no more");
    }

    #[test]
    fn few_bodies_are_read_past_at_once() {
        let intake = Intake::default();
        let read: Vec<_> = (0..16).map(|_| intake.read_past().unwrap()).collect();
        assert!(intake.read_past().is_err());
        drop(read);
        assert!(intake.read_past().is_ok());
    }
}

mod account_places {
    use lunzhi::{ids::AccountId, web::account_places::AccountPlaces};

    #[test]
    fn an_account_has_its_places_and_the_others_have_theirs() {
        let (places, one, other) = (AccountPlaces::new(1), AccountId::random(), AccountId::random());
        let first = places.of(one).try_acquire_owned().unwrap();
        assert!(places.of(one).try_acquire_owned().is_err());
        assert!(places.of(other).try_acquire_owned().is_ok());
        drop(first);
        assert!(places.of(one).try_acquire_owned().is_ok());
    }
}

mod upload_body {
    use std::{
        convert::Infallible,
        pin::Pin,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::{Context, Poll},
    };

    use axum::{
        body::{Body, Bytes},
        extract::{FromRequest, Multipart, Request},
        http::header,
    };
    use hyper::body::{Body as HttpBody, Frame};
    use lunzhi::web::upload_body::{Reading, UploadBody};

    const MOST: usize = 10_000;

    /// A sender who is never late: what the body begins with, then chunk after chunk.
    struct Eager {
        begins: &'static str,
        taken: Arc<AtomicUsize>,
    }

    impl HttpBody for Eager {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let chunk = match self.taken.fetch_add(1, Ordering::Relaxed) {
                0 => Bytes::from_static(self.begins.as_bytes()),
                MOST.. => return Poll::Ready(None),
                _ => Bytes::from_static(&[b'x'; 1024]),
            };
            Poll::Ready(Some(Ok(Frame::data(chunk))))
        }
    }

    async fn parts_of(begins: &'static str) -> (Multipart, Reading, Arc<AtomicUsize>) {
        let (taken, reading) = (Arc::default(), Reading::default());
        let body = Eager { begins, taken: Arc::clone(&taken) };
        let body = Body::new(UploadBody::new(Body::new(body), "XyX", reading.clone()));
        let request = Request::builder().header(header::CONTENT_TYPE, "multipart/form-data; boundary=XyX").body(body);
        (Multipart::from_request(request.unwrap(), &()).await.unwrap(), reading, taken)
    }

    #[tokio::test]
    async fn a_chunk_is_looked_at_before_the_next_is_taken() {
        let begins = "--XyX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
        let (mut parts, reading, taken) = parts_of(begins).await;
        let mut part = parts.next_field().await.unwrap().unwrap();
        reading.begin_content();
        for number in 1..2_000 {
            part.chunk().await.unwrap().unwrap();
            assert!(taken.load(Ordering::Relaxed) <= number + 2, "no more is taken than what is looked at");
        }
    }

    #[tokio::test]
    async fn what_has_no_part_and_a_head_without_end_are_turned_away() {
        for begins in ["x", "--XyY\r\n", "--Xy", "\r\n--XyX\r\n", "--XyX\r\nContent-Disposition: form-data; name="] {
            let (mut parts, _, taken) = parts_of(begins).await;
            assert!(parts.next_field().await.is_err(), "{begins}");
            assert!(taken.load(Ordering::Relaxed) < 30, "{begins}: taken to its end");
        }
    }
}

mod just_made {
    use lunzhi::{
        ids::PrintId,
        web::just_made::{JustMade, SHOWN_FOR},
    };
    use time::{Duration, macros::datetime};

    #[test]
    fn it_is_shown_to_its_session_for_some_minutes() {
        let (made, now) = (JustMade::default(), datetime!(2026-03-01 08:00 +8));
        let id = made.keep(b"session", "codes", now);
        assert_eq!(made.of(b"session", id, now + Duration::minutes(9)).as_deref(), Some(&"codes"));
        assert_eq!(made.of(b"session", id, now + Duration::minutes(9)).as_deref(), Some(&"codes"), "and once more");
        assert!(made.of(b"another", id, now).is_none() && made.of(b"session", PrintId::random(), now).is_none());
        assert!(made.of(b"session", id, now + SHOWN_FOR).is_none());
        let mut first = None;
        for _ in 0..=100 {
            first = first.or(Some(made.keep(b"session", "codes", now)));
        }
        assert!(made.of(b"session", first.unwrap(), now).is_none(), "it takes no more memory than so much");
    }
}

mod network {
    use std::net::SocketAddr;

    use axum::{
        body::Body,
        extract::{ConnectInfo, FromRequestParts},
        http::Request,
    };
    use lunzhi::web::network::Network;

    async fn through(peer: &str, forwarded: &[&str]) -> String {
        let mut request = Request::get("/");
        for line in forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        let (mut parts, _) = request.body(Body::empty()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 40_000)));
        let Ok(network) = Network::from_request_parts(&mut parts, &()).await;
        network.to_string()
    }

    #[tokio::test]
    async fn only_a_proxy_on_this_machine_is_believed_and_only_for_what_it_added() {
        assert_eq!(through("10.20.30.40", &[]).await, "10.20.30.0/24");
        assert_eq!(through("10.20.30.40", &["1.2.3.4"]).await, "10.20.30.0/24");
        assert_eq!(through("127.0.0.1", &["1.2.3.4, 10.9.8.7"]).await, "10.9.8.0/24");
        assert_eq!(through("::1", &["1.2.3.4", "2001:da8:1:2ff::5"]).await, "2001:da8:1:200::/56");
        assert_eq!(through("127.0.0.1", &["nonsense"]).await, "127.0.0.0/24");
        assert_eq!(through("::ffff:10.1.1.1", &[]).await, "10.1.1.0/24");
    }
}

mod origin {
    use axum::{
        Router,
        body::Body,
        http::{HeaderMap, Request as Asked, StatusCode},
        middleware,
        routing::post,
    };
    use lunzhi::web::origin::{is_plain, is_through_tls, referred_from_here};
    use tower::ServiceExt;

    fn request(headers: &[(&'static str, &str)]) -> HeaderMap {
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_browsers_own_proxy_says_whether_it_speaks_tls() {
        for (proto, tls) in
            [("https", true), ("HTTPS", true), ("https, http", true), ("http, https", false), ("", false)]
        {
            assert_eq!(is_through_tls(&request(&[("x-forwarded-proto", proto)])), tls, "{proto}");
        }
    }

    #[test]
    fn a_browser_without_tls_on_another_machine_is_told() {
        assert!(is_plain(&request(&[("host", "10.1.2.3:8080")])));
        for fine in [
            vec![("host", "127.0.0.1:8080")],
            vec![("host", "10.1.2.3"), ("x-forwarded-proto", "https")],
            vec![("host", "10.1.2.3"), ("sec-fetch-site", "none")],
        ] {
            assert!(!is_plain(&request(&fine)), "{fine:?}");
        }
    }

    #[tokio::test]
    async fn a_page_is_ours_where_its_host_and_port_are() {
        let routes = Router::new().route("/", post(|| async {})).layer(middleware::from_fn(referred_from_here));
        let from = |referer: &'static str| {
            let request = Asked::post("/").header("host", "lunzhi.example.edu.cn:8443").header("referer", referer);
            routes.clone().oneshot(request.body(Body::empty()).unwrap())
        };
        for ours in ["https://lunzhi.example.edu.cn:8443/sign-in", "https://LUNZHI.example.edu.cn:8443"] {
            assert_eq!(from(ours).await.unwrap().status(), StatusCode::OK, "{ours}");
        }
        for other in ["https://lunzhi.example.edu.cn/sign-in", "https://evil.example/", "about:blank"] {
            assert_eq!(from(other).await.unwrap().status(), StatusCode::FORBIDDEN, "{other}");
        }
    }
}

mod forms {
    use axum::{
        Router,
        body::{Body, to_bytes},
        http::{Request as Asked, StatusCode, header},
        middleware,
        routing::post,
    };
    use lunzhi::{
        clock::CHINA,
        web::forms::{
            Errors, local_path, moment, moment_field, moment_to_the_second, moved, typeable, typeable_part,
            typed_places,
        },
    };
    use time::macros::datetime;
    use tower::ServiceExt;

    #[test]
    fn a_moment_reads_back() {
        let at = datetime!(2026-12-01 19:05 +8);
        assert_eq!(moment(&moment_field(at)), Some(at));
        assert_eq!(moment("2026-12-01 19:05:00"), Some(at));
        for wrong in ["", "2026-12-01", "2026-12-01T25:00", "2026-13-01T10:00"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
        for elsewhere in
            ["2026-12-01T19:05Z", "2026-12-01T19:05:00Z", "2026-11-30T23:05:00-08:00", "2026-12-01T19:05+08:00"]
        {
            assert_eq!(moment(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn moments_are_read_to_the_second_where_it_counts() {
        let at = moment_to_the_second("2026-11-20T08:00:01").unwrap();
        assert_eq!((at.second(), at.offset()), (1, CHINA));
        assert_eq!(moment_to_the_second("2026-11-20T08:00").unwrap().second(), 0);
        for text in ["", "2026-11-20", "2026-11-20T25:00", "2026-11-20T08:00:00:00", "2026-11-20T08:xx"] {
            assert_eq!(moment_to_the_second(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn what_no_keyboard_types_is_seen_and_other_text_is_left_alone() {
        let routes = Router::new().route("/", post(|| async {})).layer(middleware::from_fn(typeable));
        let sent = |form: &'static str| {
            let request = Asked::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            routes.clone().oneshot(request.body(Body::from(form)).unwrap())
        };
        for bad in ["a%00b", "%EF%BF%BE", "x=%1b", "%7F"] {
            assert_eq!(sent(bad).await.unwrap().status(), StatusCode::BAD_REQUEST, "{bad}");
        }
        assert_eq!(typeable_part("一\u{b}\u{2}二\r\n三\u{ffff}\u{fffd}"), "一二\r\n三\u{fffd}");
        for good in ["a=1%0D%0A%09&b=+", "%E5%BC%A0", "%zz", "%EF%BF%BD", "%E2%80%8B"] {
            assert_eq!(sent(good).await.unwrap().status(), StatusCode::OK, "{good}");
        }
    }

    #[tokio::test]
    async fn what_has_no_width_is_left_out_of_a_form_and_what_turns_the_text_is_refused() {
        let routes = Router::new().route("/", post(|body: String| async { body })).layer(middleware::from_fn(typeable));
        let read = async |form: &'static str| {
            let request = Asked::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = routes.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
            let is_taken = answer.status() == StatusCode::OK;
            let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            is_taken.then(|| String::from_utf8(body.to_vec()).unwrap())
        };
        let pairs = |form: &str| serde_html_form::from_str::<Vec<(String, String)>>(form).unwrap();
        let untouched = "name=%E7%94%B2+%E4%B9%99&x=%zz&why=a%0D%0Ab";
        assert_eq!(read(untouched).await.as_deref(), Some(untouched));
        let pasted = pairs(&read("name=%E7%94%B2%E2%80%8B%E4%B9%99&ids=1%EF%BB%BF&ids=2%C2%AD").await.unwrap());
        let pasted: Vec<(&str, &str)> = pasted.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pasted, [("name", "甲乙"), ("ids", "1"), ("ids", "2")], "several of one name stay several");
        assert_eq!(read("name=%E5%9D%8F%E2%80%AE%E4%BA%BA").await, None);
        let secret = pairs(&read("number=1%E2%80%8B&password=a%E2%80%8Db%E2%80%8Fc").await.unwrap());
        assert_eq!(secret[1].1, "a\u{200d}b\u{200f}c", "a password is what it is");
        assert_eq!(typeable_part("甲\u{200b}乙\u{202e}丙"), "甲乙丙");
    }

    #[test]
    fn a_row_comes_to_the_place_that_was_typed_for_it() {
        let moved = |places: &[usize]| moved("甲乙丙丁戊".chars().collect(), places).into_iter().collect::<String>();
        assert_eq!(moved(&[1, 2, 3, 4, 5]), "甲乙丙丁戊");
        assert_eq!(moved(&[1, 2, 3, 4, 1]), "戊甲乙丙丁");
        assert_eq!(moved(&[4, 2, 3, 4, 5]), "乙丙丁甲戊");
        assert_eq!(moved(&[5, 4, 3, 2, 1]), "戊丁丙乙甲");
        let typed = |places: &[&str]| {
            let mut errors = Errors::default();
            let read = typed_places(&places.iter().map(ToString::to_string).collect::<Vec<_>>(), &mut errors);
            (read, errors.of("place").map(str::to_owned))
        };
        assert_eq!(typed(&["２", " 1"]), (Some(vec![2, 1]), None));
        for wrong in [["0", "1"], ["3", "1"], ["", "1"], ["一", "1"]] {
            assert_eq!(typed(&wrong), (None, Some("次序应为 1 至 2 的整数".to_owned())), "{wrong:?}");
        }
    }

    #[test]
    fn only_our_own_paths_are_followed() {
        assert_eq!(local_path("/rulebook?q=%E4%B8%BB"), "/rulebook?q=%E4%B8%BB");
        for elsewhere in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/\t/x",
            "/\u{1}",
            "/主席",
        ] {
            assert_eq!(local_path(elsewhere), "/", "{elsewhere}");
        }
    }
}

mod read_again {
    use std::{future::pending, time::Duration};

    use axum::http::StatusCode;
    use lunzhi::{database::pool::Watched, failure::BrokeOff, web::read_again::read};

    #[tokio::test]
    async fn a_page_that_takes_too_long_is_not_read_once_more() {
        let late = read(&Watched::default(), Duration::from_millis(10), pending()).await;
        assert_eq!(late.status(), StatusCode::GATEWAY_TIMEOUT);
        assert!(late.extensions().get::<BrokeOff>().is_none());
    }
}

mod attachment {
    use axum::http::header;
    use lunzhi::web::file;

    fn attachment(name: &str, plain: &str) -> String {
        let response = file("application/pdf", name, plain, Vec::new());
        response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned()
    }

    #[test]
    fn whatever_a_file_is_called_its_name_stays_one() {
        assert_eq!(attachment("faults-2.xlsx", "sheet.xlsx"), "attachment; filename=\"faults-2.xlsx\"");
        let odd = attachment("a\"; filename=\"b.exe", "scan");
        assert!(odd.starts_with("attachment; filename=\"scan\"; filename*=UTF-8''a%22"), "{odd}");
        assert!(attachment("批复.pdf", "scan").ends_with("''%E6%89%B9%E5%A4%8D.pdf"));
    }
}

mod shared_service {
    use std::{
        convert::Infallible,
        future::{Ready, ready},
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::{Context, Poll},
    };

    use axum::{
        body::Body,
        extract::Request,
        middleware::{self, Next},
        response::Response,
    };
    use lunzhi::web::shared_service::SharedService;
    use tower::{Service, ServiceBuilder, ServiceExt};

    struct Counted(Arc<AtomicUsize>);

    impl Clone for Counted {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::Relaxed);
            Self(Arc::clone(&self.0))
        }
    }

    impl Service<Request> for Counted {
        type Response = Response;
        type Error = Infallible;
        type Future = Ready<Result<Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request) -> Self::Future {
            ready(Ok(Response::default()))
        }
    }

    async fn onward(request: Request, next: Next) -> Response {
        next.run(request).await
    }

    #[tokio::test]
    async fn however_many_layers_stand_above_it_a_request_clones_what_it_holds_once() {
        let clones = Arc::new(AtomicUsize::new(0));
        let layer = || middleware::from_fn::<_, (Request,)>(onward);
        let layers = ServiceBuilder::new().layer(layer()).layer(layer()).layer(layer());
        let service = layers.service(SharedService::new(Counted(Arc::clone(&clones))));
        for asked in 1..=3 {
            let response = service.clone().oneshot(Request::new(Body::empty())).await.unwrap();
            assert!(response.status().is_success());
            assert_eq!(clones.load(Ordering::Relaxed), asked);
        }
    }
}
