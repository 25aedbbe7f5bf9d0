//! What the account forms ask.

use serde::Deserialize;
use sqlx::PgConnection;

use time::Date;

use super::store::{NewOffice, OfficePlace, Term};
use crate::{
    directory::store::{class_named, colleges},
    failure::Failure,
    ids::InstitutionId,
    name::{Name, Number},
    office::{OfficeKind, Place},
    text::{day, printable},
    web::forms::Errors,
};

/// 职务 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct OfficeForm {
    #[serde(default)]
    pub office: String,
    #[serde(default)]
    pub college: String,
    #[serde(default)]
    pub class: String,
    /// The first day; today where it is left empty.
    #[serde(default)]
    pub from: String,
    /// The last day; open where it is left empty.
    #[serde(default)]
    pub last: String,
}

impl OfficeForm {
    /// The term, or an error beside each field.
    fn term(&self, today: Date, errors: &mut Errors) -> Option<Term> {
        let mut read = |field, text: &str| {
            let day = day(text);
            if day.is_none() && !text.trim().is_empty() {
                errors.add(field, "应为日期，如 2026-09-01");
            }
            day
        };
        let (from, last) = (read("from", &self.from), read("last", &self.last));
        let from = from.unwrap_or(today);
        if last.is_some_and(|last| last < from) {
            errors.add("last", "最后一天早于第一天");
        }
        errors.is_empty().then(|| Term { from, until: last.and_then(Date::next_day) })
    }

    /// The office and where it belongs, or an error beside each field.
    async fn place(
        &self,
        connection: &mut PgConnection,
        institution: InstitutionId,
        today: Date,
        errors: &mut Errors,
    ) -> Result<Option<(OfficeKind, OfficePlace)>, Failure> {
        let Ok(kind) = self.office.parse::<OfficeKind>() else {
            errors.add("office", "请选择职务");
            return Ok(None);
        };
        let place = match kind.place() {
            Place::School => Some(OfficePlace::School),
            Place::College => {
                let all = colleges(connection, institution).await?;
                let found = all.iter().find(|college| college.id.to_string() == self.college);
                found.map(|college| OfficePlace::College(college.id))
            }
            Place::Class => {
                let name = printable(self.class.trim(), false);
                class_named(connection, institution, &name, today).await?.map(OfficePlace::Class)
            }
        };
        match kind.place() {
            Place::College if place.is_none() => errors.add("college", format!("{}须选择院系", kind.label())),
            Place::Class if self.class.trim().is_empty() => errors.add("class", "请填写班级全称"),
            Place::Class if place.is_none() => errors.add("class", "没有这个班级，请核对班级全称"),
            Place::School | Place::College | Place::Class => {}
        }
        Ok(place.map(|place| (kind, place)))
    }

    /// The office with its place and term, or an error beside each field.
    pub async fn read(
        &self,
        connection: &mut PgConnection,
        institution: InstitutionId,
        today: Date,
        errors: &mut Errors,
    ) -> Result<Option<NewOffice>, Failure> {
        let place = self.place(connection, institution, today, errors).await?;
        let term = self.term(today, errors);
        Ok(place.zip(term).map(|((kind, place), term)| NewOffice { kind, place, term }))
    }
}

/// 新建账号 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct NewForm {
    #[serde(default)]
    pub number: String,
    #[serde(default)]
    pub name: String,
    #[serde(flatten)]
    pub office: OfficeForm,
}

impl NewForm {
    /// Number and name as they are shown, or an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<(String, String)> {
        let number = Number::read(&self.number).map_err(|fault| errors.add("number", fault.to_string())).ok();
        let name = Name::read(&self.name).map_err(|fault| errors.add("name", fault.to_string())).ok();
        Some((number?.shown().to_owned(), name?.shown().to_owned())).filter(|_| errors.is_empty())
    }
}
