//! Functions of the original that need somebody at a screen, or reach out of the database.

/// They are refused before anything runs: "not available in the API". `eval` among them on purpose.
pub const REFUSED: &[&str] = &[
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
    "eval",
    "debug",
    "sleep",
];
