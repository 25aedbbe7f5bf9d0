//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData, as_a_number, together},
    office::{Office, UnionReader},
    people::PeopleReader,
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "posts",
    label: "在学生会和团组织担任的职务、任期",
    purpose: "任命和换届；学生会的花名册",
    heading: Heading::Service,
    place: 150,
    // A person's page shows them too.
    readers: || together(UnionReader::KINDS, PeopleReader::KINDS),
    extent: Extent::Place,
    until: as_a_number,
}];
