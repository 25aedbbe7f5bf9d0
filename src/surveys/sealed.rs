//! What seals answers and opens them after the close. A questionnaire has a key pair of its own: its private half is kept sealed
//! to a key that is drawn from the ballot key's file, so that nothing in a table opens an answer.

use std::fmt;

use zeroize::Zeroizing;

use super::{
    sheet::Sheet,
    survey::{Question, Survey, SurveyPair},
};
use crate::{
    failure::Failure,
    ids::{StudentId, SurveyId},
    sealing::keys::{self, MarkKey, PublicKey, Purpose, SecretKey},
};

/// The portal's marks and the key under which those of questionnaires are kept.
pub struct SurveyKeys(MarkKey);

impl fmt::Debug for SurveyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SurveyKeys")
    }
}

/// A sheet in its seal.
#[derive(Debug, Clone)]
pub struct SealedSheet {
    pub student: StudentId,
    pub sealed: Vec<u8>,
    pub mac: Vec<u8>,
}

/// A sheet that was opened, and whose it is.
#[derive(Debug)]
pub struct OpenSheet {
    pub student: StudentId,
    pub sheet: Sheet,
}

/// What the portal's mark stands on: the questionnaire, its key, whether it is anonymous, and each question with its options.
fn opened_as(survey: &Survey, questions: &[Question], public: &PublicKey) -> Vec<Vec<u8>> {
    let mut parts = vec![survey.id.0.as_bytes().to_vec(), public.as_bytes().to_vec(), vec![u8::from(survey.anonymous)]];
    for question in questions {
        parts.push(question.place.to_be_bytes().to_vec());
        parts.push(question.kind.slug().as_bytes().to_vec());
        parts.push(question.says.as_bytes().to_vec());
        parts.push(vec![u8::from(question.required)]);
        parts.push(question.most.unwrap_or(0).to_be_bytes().to_vec());
        parts.push(question.options.len().to_be_bytes().to_vec());
        parts.extend(question.options.iter().map(|option| option.as_bytes().to_vec()));
    }
    parts
}

impl SurveyKeys {
    #[must_use]
    pub fn new(key: MarkKey) -> Self {
        Self(key)
    }

    /// The pair under which the keys of questionnaires are kept.
    fn keeper(&self) -> (SecretKey, PublicKey) {
        keys::pair_of_secret(&self.0.secret_for("survey"))
    }

    /// A new pair for a questionnaire as it is opened: from then on neither its questions nor whether it is anonymous change.
    ///
    /// # Errors
    /// Where it cannot be sealed, which should not happen.
    pub fn make(&self, survey: &Survey, questions: &[Question]) -> Result<SurveyPair, Failure> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes);
        let secret = Zeroizing::new(bytes);
        let (_, public) = keys::pair_of_secret(&secret);
        let locked = keys::seal(&self.keeper().1, Purpose::SurveyKey(survey.id), secret.as_slice())?;
        let parts = opened_as(survey, questions, &public);
        let seal = self.0.mark("survey", &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        Ok(SurveyPair { public, locked: Some(locked), seal })
    }

    /// Seals a student's sheet.
    ///
    /// # Errors
    /// [`Failure::WrongBallotKey`] where the key is not the one that the opening made.
    pub fn seal(
        &self,
        survey: &Survey,
        student: StudentId,
        sheet: &Sheet,
        questions: &[Question],
    ) -> Result<SealedSheet, Failure> {
        let pair = survey.pair.as_ref().filter(|pair| self.is_own(survey, questions, pair));
        let pair = pair.ok_or(Failure::WrongBallotKey)?;
        let text = Zeroizing::new(sheet.encode(questions).ok_or(Failure::Malformed)?);
        let sealed = keys::seal(&pair.public, Purpose::SurveySheet(survey.id, student), &text)?;
        let mac = self.mark(survey.id, student, &sealed);
        Ok(SealedSheet { student, sealed, mac })
    }

    fn is_own(&self, survey: &Survey, questions: &[Question], pair: &SurveyPair) -> bool {
        let parts = opened_as(survey, questions, &pair.public);
        self.0.is_mark("survey", &parts.iter().map(Vec::as_slice).collect::<Vec<_>>(), &pair.seal)
    }

    fn mark(&self, survey: SurveyId, student: StudentId, sealed: &[u8]) -> Vec<u8> {
        self.0.mark("survey sheet", &[survey.0.as_bytes(), student.0.as_bytes(), sealed])
    }

    fn is_sheet(&self, survey: SurveyId, one: &SealedSheet) -> bool {
        self.0.is_mark("survey sheet", &[survey.0.as_bytes(), one.student.0.as_bytes(), &one.sealed], &one.mac)
    }

    /// Opens all sheets of a questionnaire that takes none any more; or none of them.
    ///
    /// # Errors
    /// Why nothing may be kept, in Chinese.
    pub fn open_all(
        &self,
        survey: &Survey,
        questions: &[Question],
        sheets: &[SealedSheet],
    ) -> Result<Vec<OpenSheet>, &'static str> {
        let pair = survey.pair.as_ref().filter(|pair| self.is_own(survey, questions, pair));
        let pair = pair.ok_or("这份问卷的密钥、署名方式或者问题和开放时不一样，已被人改动，或者系统换了选票密钥")?;
        let locked = pair.locked.as_ref().ok_or("这份问卷的密钥已经销毁")?;
        let opened = keys::open(&self.keeper().0, Purpose::SurveyKey(survey.id), locked);
        let secret = opened.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok()).map(Zeroizing::new);
        let secret = secret.ok_or("这份问卷的密钥打不开，已被人改动")?;
        let (secret, public) = keys::pair_of_secret(&secret);
        if public != pair.public {
            return Err("这份问卷的密钥对不上，已被人改动");
        }
        let mut open = Vec::new();
        for one in sheets {
            if !self.is_sheet(survey.id, one) {
                return Err("有来历不明的答卷：不是由系统收下的");
            }
            let text = keys::open(&secret, Purpose::SurveySheet(survey.id, one.student), &one.sealed);
            let sheet = text.and_then(|text| Sheet::decode(&text, questions)).ok_or("有答卷打不开")?;
            open.push(OpenSheet { student: one.student, sheet });
        }
        Ok(open)
    }
}
