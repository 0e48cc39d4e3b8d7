//! The form body of a token request.

use super::refusals::{self, Refused};
use crate::request::Request;
use crate::router::parse::pairs;

/// More than any client sends.
const LIMIT: usize = 64;

/// Parameters of the body, by name.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body: `application/x-www-form-urlencoded`, each parameter once.
    ///
    /// # Errors
    /// 900144 when the body is no form, 9002313 when it is malformed.
    pub fn read(req: &Request) -> Result<Self, Refused> {
        let content_type = req.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(refusals::missing_parameter("grant_type"));
        }
        let text = std::str::from_utf8(&req.body).map_err(|_| refusals::malformed_request())?;
        let form = pairs(text).ok_or_else(refusals::malformed_request)?;
        let repeated = |(at, (name, _)): (usize, &(String, String))| {
            form[..at].iter().any(|(other, _)| other == name)
        };
        if form.len() > LIMIT || form.iter().enumerate().any(repeated) {
            return Err(refusals::malformed_request());
        }
        Ok(Self(form))
    }

    /// A parameter that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// 900144.
    pub fn require(&self, name: &str) -> Result<&str, Refused> {
        self.get(name)
            .ok_or_else(|| refusals::missing_parameter(name))
    }
}
