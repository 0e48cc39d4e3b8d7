//! Standard output: what is written there, and what it means when nobody reads it.
//!
//! A reader that goes away after it has read something, such as `head -1`, has read what it wanted: the rest is not
//! written, and that is no failure. One that was gone from the beginning has read nothing, and that is told.

use std::io::{self, IsTerminal, Write};

use super::Failure;

/// Writes a whole text as it is.
pub(super) fn write(text: &[u8]) -> Result<(), Failure> {
    write_all(text, &mut io::stdout().lock()).map_err(unwritable)
}

/// Writes a whole text in which colours are ANSI sequences: they stay on a terminal, or when the environment asks for
/// them.
pub(super) fn write_coloured(text: &[u8]) -> Result<(), Failure> {
    let written = match colour() {
        // Whole at once: a reader that is gone shows at the first byte.
        anstream::ColorChoice::Never => {
            let plain = anstream::adapter::strip_bytes(text).into_vec();
            write_all(&plain, &mut io::stdout().lock())
        }
        choice => write_all(
            text,
            &mut anstream::AutoStream::new(io::stdout(), choice).lock(),
        ),
    };
    written.map_err(unwritable)
}

fn unwritable(error: io::Error) -> Failure {
    Failure::usage(format!("standard output cannot be written: {error}"))
}

fn colour() -> anstream::ColorChoice {
    match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Auto if !io::stdout().is_terminal() => anstream::ColorChoice::Never,
        choice => choice,
    }
}

fn write_all(text: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let mut rest = text;
    while !rest.is_empty() {
        match out.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => rest = &rest[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return unless_read(error, rest.len() < text.len()),
        }
    }
    out.flush().or_else(|error| unless_read(error, true))
}

/// A reader that left is a failure only when it has read nothing.
fn unless_read(error: io::Error, has_read: bool) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::BrokenPipe if has_read => Ok(()),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that leaves when it has read so many bytes.
    struct Reader(usize);

    impl Write for Reader {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            let count = text.len().min(self.0);
            self.0 -= count;
            match count {
                0 => Err(io::ErrorKind::BrokenPipe.into()),
                count => Ok(count),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_read_something_may_leave() {
        assert!(write_all(b"text", &mut Reader(9)).is_ok());
        assert!(write_all(b"text", &mut Reader(1)).is_ok());
        assert!(write_all(b"", &mut Reader(0)).is_ok());
        let gone = write_all(b"text", &mut Reader(0)).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::BrokenPipe);
    }
}
