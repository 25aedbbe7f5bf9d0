//! Pieces of `failure`, each by itself.

use axum::{http::header, response::IntoResponse};
use lunzhi::failure::Failure;

#[test]
fn what_is_known_of_the_database_is_no_fault_of_the_program() {
    let lost = sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into());
    for (error, status) in [(sqlx::Error::PoolTimedOut, 503), (lost, 503), (sqlx::Error::RowNotFound, 500)] {
        let response = Failure::Database(error).into_response();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers().contains_key(header::RETRY_AFTER), status == 503);
    }
    for failure in [Failure::Away, Failure::CommitsWait, Failure::Unconfirmed, Failure::DiskFull] {
        let response = failure.into_response();
        assert_eq!(response.status(), 503);
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    }
}
