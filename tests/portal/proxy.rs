//! Behind a real nginx with the lines of docs/OPERATING.md, on a port that is not 443: phones whose browsers send no fetch
//! metadata sign in, other sites' forms do not.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use lunzhi::{page::filters::query_value, web::connections::Limits};

use crate::support::{PASSWORD, Portal, raw};

const PUBLIC: &str = "lunzhi.example.edu.cn:8443";

struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of the manual, without TLS, which this test's client does not speak, and between these ports.
fn lines(port: u16, portal: SocketAddr, folder: &Path) -> String {
    let manual = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/OPERATING.md")).unwrap();
    let chapter = manual.split("## nginx").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let kept = chapter.lines().filter(|line| line.starts_with("    ") && !line.trim().starts_with("ssl_"));
    let lines = kept.collect::<Vec<_>>().join("\n");
    let lines = lines.replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"));
    assert!(lines.contains("limit_req zone") && lines.contains("proxy_pass http://127.0.0.1:8080"), "{lines}");
    let log = folder.join("access.log").display().to_string();
    lines
        .replace("proxy_pass http://127.0.0.1:8080", &format!("proxy_pass http://{portal}"))
        .replace("/var/log/nginx/lunzhi.log", &log)
}

fn start(portal: SocketAddr, folder: &Path) -> (Nginx, SocketAddr) {
    let program = ["/usr/sbin/nginx", "nginx"].into_iter().find(|one| Command::new(one).arg("-v").output().is_ok());
    let program = program.expect("nginx, which `make tools` installs");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let here = folder.display();
    let root = if rustix::process::getuid().is_root() { "user root;" } else { "" };
    let temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|of| format!("{of}_temp_path {here}/{of};"));
    let config = format!(
        "{root} daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log;
         events {{}} http {{ {} {} }}",
        temp.join(" "),
        lines(free.port(), portal, folder)
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, config).unwrap();
    let child = Command::new(program).arg("-c").arg(&file).stderr(Stdio::null()).spawn().unwrap();
    let nginx = Nginx(child);
    for _ in 0..600 {
        if TcpStream::connect(free).is_ok() {
            return (nginx, free);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nginx does not listen: {}", fs::read_to_string(folder.join("error.log")).unwrap_or_default());
}

fn sign_in(headers: &str) -> Vec<u8> {
    let body = format!("school=first&number=student&password={}", query_value(PASSWORD));
    format!(
        "POST /sign-in HTTP/1.1\r\nHost: {PUBLIC}\r\nConnection: close\r\n{headers}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[test]
fn a_phone_without_fetch_metadata_signs_in_behind_the_manuals_nginx() {
    let folder = tempfile::tempdir().unwrap();
    crate::support::runtime().block_on(async {
        let portal = Portal::start().await;
        let address = portal.listen(Limits::default()).await;
        let place = folder.path().to_owned();
        let (nginx, front) = tokio::task::spawn_blocking(move || start(address, &place)).await.unwrap();
        let ask = move |bytes: Vec<u8>| tokio::task::spawn_blocking(move || raw::ask(front, &bytes).unwrap());

        let own = format!("Referer: https://{PUBLIC}/sign-in\r\n");
        let signed_in = ask(sign_in(&own)).await.unwrap();
        assert_eq!((signed_in.status, signed_in.location()), (303, "/"), "{}", signed_in.body);
        let cookie =
            signed_in.head.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie: __host-lunzhi="));
        assert!(cookie.is_some_and(|line| line.contains("; Secure")), "{}", signed_in.head);
        let same = format!("Origin: https://{PUBLIC}\r\nSec-Fetch-Site: same-origin\r\n");
        assert_eq!(ask(sign_in(&same)).await.unwrap().status, 303);
        for foreign in ["Referer: https://evil.example/\r\n", "Origin: https://evil.example\r\n"] {
            assert_eq!(ask(sign_in(foreign)).await.unwrap().status, 403, "{foreign}");
        }
        let page = format!("GET /sign-in HTTP/1.1\r\nHost: {PUBLIC}\r\nConnection: close\r\n\r\n");
        let page = ask(page.into_bytes()).await.unwrap();
        assert!(page.status == 200 && !page.body.contains("浏览器不会保存登录状态"), "the proxy speaks TLS");
        // What is too large is the portal's to say: nginx's own page would have nothing of what was typed.
        let file = format!(
            "--XyX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{}\r\n--XyX--\r\n",
            "x".repeat(10 << 20)
        );
        let large = format!(
            "POST /imports HTTP/1.1\r\nHost: {PUBLIC}\r\nConnection: close\r\n{same}\
             Content-Type: multipart/form-data; boundary=XyX\r\nContent-Length: {}\r\n\r\n{file}",
            file.len()
        );
        let large = ask(large.into_bytes()).await.unwrap();
        assert!(large.status == 303 && large.location().starts_with("/sign-in"), "{}", large.body);
        let metrics = format!("GET /metrics HTTP/1.1\r\nHost: {PUBLIC}\r\nConnection: close\r\n\r\n");
        assert_eq!(ask(metrics.into_bytes()).await.unwrap().status, 404);
        let log = fs::read_to_string(folder.path().join("access.log")).unwrap();
        assert!(log.contains("POST /sign-in 303") && !log.contains('?'), "{log}");
        drop(nginx);
    });
}

#[tokio::test]
async fn plain_http_from_another_machine_is_told_what_is_needed() {
    let portal = Portal::start().await;
    let address = portal.listen(Limits::default()).await;
    let ask = |host: &str| {
        let bytes = format!("GET /sign-in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").into_bytes();
        tokio::task::spawn_blocking(move || raw::ask(address, &bytes).unwrap())
    };
    assert!(ask("10.1.2.3:8080").await.unwrap().body.contains("浏览器不会保存登录状态"));
    assert!(!ask("127.0.0.1:8080").await.unwrap().body.contains("浏览器不会保存登录状态"));
}
