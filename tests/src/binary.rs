//! The real binary `daicho`, built once for a test run and started as a user starts it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Where the binary is. The first test that asks builds it, in the profile and target folder of the tests.
///
/// # Panics
/// When it does not build.
pub fn path() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        // This test's own file is <target>/<profile>/deps/<name>.
        let own = std::env::current_exe().expect("a running test has a file");
        let profile = own
            .ancestors()
            .nth(2)
            .expect("tests lie two folders below their profile's");
        let target = profile
            .parent()
            .expect("a profile lies in the target folder");
        let mut build = Command::new(env!("CARGO"));
        build
            .args([
                "build",
                "--quiet",
                // The features of the whole workspace, as the tests were built with: nothing is compiled twice.
                "--workspace",
                "--bin",
                "daicho",
                "--target-dir",
            ])
            .arg(target);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        // What cargo says of this test's own package is not what it was told when it built the tests: libraries whose build
        // scripts look at it would be compiled again, and everything that rests on them.
        for (name, _) in std::env::vars_os() {
            let told = name.to_string_lossy();
            if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
                build.env_remove(&name);
            }
        }
        let built = build
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(built.success(), "daicho does not build");
        profile.join("daicho")
    })
}

/// A command line of the binary on a data directory, to which arguments are added.
#[must_use]
pub fn daicho(data: &Path) -> Command {
    let mut command = Command::new(path());
    command
        .arg("--data")
        .arg(data)
        .env_remove("DAICHO_DATA")
        .env_remove("DAICHO_LOG");
    command
}

/// What the binary said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code, if it ended by itself.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// Runs a command line to its end.
    ///
    /// # Panics
    /// When it does not start, or says what is not UTF-8.
    #[must_use]
    pub fn by(command: &mut Command) -> Said {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().expect("the binary starts");
        let text = |bytes| String::from_utf8(bytes).expect("the binary writes UTF-8");
        Said {
            code: status.code(),
            out: text(stdout),
            err: text(stderr),
        }
    }

    /// Its standard output as the one JSON document that `--json` promises.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect("--json prints one JSON document")
    }
}
