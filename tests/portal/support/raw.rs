//! HTTP over a socket by hand, for clients that hang up and for portals that run as processes.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use lunzhi::page::filters::query_value;

/// An answer that was read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The cookie that the answer sets, as `name=value`.
    pub fn cookie(&self) -> Option<String> {
        let line = self
            .head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: ").filter(|rest| rest.starts_with("lunzhi=")))?;
        line.split(';').next().map(str::to_owned)
    }

    pub fn location(&self) -> &str {
        self.head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default()
    }
}

/// A request's bytes; the connection ends with the answer.
pub fn request(method: &str, path: &str, cookie: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub fn form(method: &str, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", query_value(value));
    let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
    request(method, path, cookie, "application/x-www-form-urlencoded", body.as_bytes())
}

/// Sends a request and reads the whole answer; none where the connection ends before it does.
pub fn ask(address: SocketAddr, request: &[u8]) -> Option<Answer> {
    let mut socket = TcpStream::connect(address).ok()?;
    socket.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    socket.write_all(request).ok()?;
    read(&mut socket)
}

pub fn read(socket: &mut TcpStream) -> Option<Answer> {
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).ok()?;
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..split]).to_ascii_lowercase();
    let original = String::from_utf8_lossy(&bytes[..split]).into_owned();
    let body = &bytes[split + 4..];
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|text| text.parse().ok());
    if length.is_some_and(|length: usize| body.len() < length) {
        return None;
    }
    let status = original.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: original, body: String::from_utf8_lossy(body).into_owned() })
}

/// A form with fields as pages with a file send it, without the file.
pub fn multipart(path: &str, cookie: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let part = |(name, value): &(&str, &str)| {
        format!("--XyX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = fields.iter().map(part).chain(["--XyX--\r\n".to_owned()]).collect::<String>();
    request("POST", path, cookie, "multipart/form-data; boundary=XyX", body.as_bytes())
}
