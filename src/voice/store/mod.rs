//! SQL of requests.

mod figures;
mod handling;
mod requests;
mod settings;

pub use figures::{By, Figures};
pub(super) use figures::{Waiting, ages, figures, to_confirm, waiting};
pub(super) use handling::{
    Answer, Sending, Word, answer, college_of, concerned, confirm, handling_office, instruct, publish, send_back,
    send_on, support, take_up, withdraw,
};
pub(super) use requests::{
    AskingStudent, NewRequest, RequestFilter, TakenIn, VoiceDesk, add_picture, ask, asked_since, asking, coded, events,
    lock, one, picture, requests,
};
pub(super) use settings::{NewUnit, add_unit, end_unit, set};
pub use settings::{settings, units};
