//! Functions of the vendor's programs that need a screen, a mailbox or the network: refused by name (section 7.4).

use model::text::fold;

const REFUSED: &[&str] = &[
    "http",
    "sendEmail",
    "alert",
    "dialog",
    "openRecord",
    "popupRecord",
    "openTable",
    "openPage",
    "openURL",
    "openFullscreen",
    "closeRecord",
    "printRecord",
    "printTable",
    "printAndSaveRecord",
    "createTextFile",
    "createXMLFile",
    "createZipFile",
    "importFile",
    "shareFile",
    "unshareFile",
    // On purpose: a script is known before it runs.
    "eval",
    "debug",
    "sleep",
];

/// Whether a function is known and refused.
pub(super) fn is_refused(name: &str) -> bool {
    REFUSED.iter().any(|refused| fold(refused) == fold(name))
}
