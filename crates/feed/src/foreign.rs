//! Inputs that hold no rows for us, told by their first bytes. Without this a ZIP file would be one rejected row.

use memchr::memchr_iter;

use crate::format::Format;
use crate::limits::SNIFFED_BYTES;
use crate::names;
use crate::open_error::OpenError;

const MAGIC: [(&[u8], &str, &str); 4] = [
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (XLSX)", "unpack it, or save it as CSV UTF-8"),
    (b"\x1f\x8b", "a GZIP archive", "unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)", "save it as CSV UTF-8"),
    (b"%PDF-", "a PDF document", "export the numbers as CSV"),
];

/// Refuses what is no text. `start` is the input's first bytes, decoded where a byte order mark said how.
pub(crate) fn refuse_bytes(start: &[u8]) -> Result<(), OpenError> {
    if let Some((_, what, advice)) = MAGIC.iter().find(|(magic, ..)| start.starts_with(magic)) {
        return Err(OpenError::Foreign { what, advice });
    }
    let start = &start[..start.len().min(SNIFFED_BYTES)];
    let zeros = memchr_iter(0, start).count();
    let odd = memchr_iter(0, start).filter(|at| at % 2 == 1).count();
    match (zeros, odd) {
        // A stray zero in somebody's notes is a control character like others.
        _ if zeros * 20 < start.len().max(20) => Ok(()),
        // Latin letters and digits in UTF-16 are every other byte zero, nearly all of them on one side.
        _ if zeros * 4 >= start.len() && (odd * 10 >= zeros * 9 || odd * 10 <= zeros) => Err(OpenError::Foreign {
            what: "UTF-16 without a byte order mark",
            advice: "save it as UTF-8, or with a byte order mark",
        }),
        _ => Err(OpenError::Foreign { what: "a binary file", advice: "give a CSV, JSON Lines or text file" }),
    }
}

/// Refuses text that holds no rows. `line` is the first line that is not blank.
pub(crate) fn refuse_line(line: &[u8], format: Option<Format>) -> Result<(), OpenError> {
    if has_lone_return(line) {
        return Err(OpenError::Foreign {
            what: "a file whose lines end with CR alone (old Macintosh)",
            advice: "save it with LF or CRLF line ends",
        });
    }
    let line = line.trim_ascii();
    match line.first() {
        // A list of numbers has no shape that could be mistaken.
        _ if format == Some(Format::Txt) => Ok(()),
        Some(b'<') => Err(OpenError::Foreign { what: "XML or HTML", advice: "export the numbers as CSV" }),
        Some(b'[') => Err(OpenError::Foreign {
            what: "a JSON array",
            advice: "write one object on each line (jq -c '.[]' does it)",
        }),
        Some(b'{') if line == b"{" => Err(OpenError::Foreign {
            what: "a JSON document over several lines",
            advice: "write one object on each line (jq -c . does it)",
        }),
        _ => Ok(()),
    }
}

/// Refuses the header of a table that is about others than those who asked not to be called. Its numbers look like any:
/// without this somebody renames the column, and suppresses the callers.
pub(crate) fn refuse_header(columns: &[impl AsRef<str>]) -> Result<(), OpenError> {
    let has = |name: &str| columns.iter().any(|column| names::alike(column.as_ref(), name));
    if has("Company_Phone_Number") && (has("Violation_Date") || has("Consumer_Area_Code")) {
        return Err(OpenError::Foreign {
            what: "a file of complaints to the FTC",
            advice: "these are complaints about callers and hold the callers' numbers; they are not the registry of \
                     those who must not be called, which is had from telemarketing.donotcall.gov",
        });
    }
    Ok(())
}

/// Whether a CR stands between two texts outside quotes.
fn has_lone_return(line: &[u8]) -> bool {
    let mut quoted = false;
    line.iter().any(|byte| {
        quoted ^= *byte == b'"';
        *byte == b'\r' && !quoted
    })
}
