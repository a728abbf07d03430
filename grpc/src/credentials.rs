//! Who may ask: one name and password from the configuration, until the API has tokens. Without them everybody
//! on this machine may, as with the dashboard.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tonic::service::Interceptor;
use tonic::{Request, Status};

/// The name and password that every call but the two that introduce the server has to bring.
#[derive(Clone)]
pub struct Credentials {
    expected: String,
}

impl Credentials {
    /// Of this user with this password.
    pub fn new(user: &str, password: &str) -> Self {
        Self {
            expected: STANDARD.encode(format!("{user}:{password}")),
        }
    }

    fn are(&self, given: &str) -> bool {
        let given = given
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        given.is_some_and(|(_, given)| alike(given.trim().as_bytes(), self.expected.as_bytes()))
    }
}

/// Compares in a time that says nothing of where they differ.
fn alike(one: &[u8], other: &[u8]) -> bool {
    let differing = one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differing == 0
}

/// The password stands in no trace.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// Asks for the credentials before a call is served.
#[derive(Clone, Debug)]
pub(crate) struct Asked(pub(crate) Option<Credentials>);

impl Interceptor for Asked {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let Some(expected) = &self.0 else {
            return Ok(request);
        };
        let given = request.metadata().get("authorization");
        match given.and_then(|given| given.to_str().ok()) {
            Some(given) if expected.are(given) => Ok(request),
            Some(_) => Err(Status::unauthenticated("the name or the password is wrong")),
            None => Err(Status::unauthenticated(
                "this server asks for a name and a password",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_configured_name_with_its_password_is_let_in() {
        let credentials = Credentials::new("admin", "changeit");
        let good = format!("Basic {}", STANDARD.encode("admin:changeit"));
        assert!(credentials.are(&good));
        assert!(credentials.are(&good.replace("Basic", "basic")));
        for wrong in ["admin:other", "other:changeit", "admin:", ""] {
            assert!(
                !credentials.are(&format!("Basic {}", STANDARD.encode(wrong))),
                "{wrong}"
            );
        }
        assert!(!credentials.are(&good.replace("Basic", "Bearer")));
    }
}
