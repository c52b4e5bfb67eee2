//! The database that is meant: the named one, the user's own, or that of the service which a package has installed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::Table;

use super::Request;
use crate::text::language::Text;

/// The configuration of the service; the package puts it there.
pub(super) const SERVICE_CONFIG: &str = "/etc/teahouse-server/teahouse.toml";
/// Where the service keeps its data if that file says nothing: its unit says so.
pub(super) const SERVICE_DATA: &str = "/var/lib/teahouse-server";

/// Where the database is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Where the command line or the configuration file says.
    Told,
    /// In the user's own folder.
    Own,
    /// In that of the service.
    Service {
        /// Its configuration.
        file: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
}

/// Finds the place; `own` is the user's own folder, the others are those of the service.
///
/// # Errors
/// Where there are two to choose from, or none.
pub(super) fn choose(
    request: &Request,
    own: Option<&Path>,
    service: &Path,
    service_data: &Path,
) -> Result<Place, Text> {
    if request.has_data_dir || request.config_file.as_deref().and_then(folder_in).is_some() {
        return Ok(Place::Told);
    }
    let folder = folder_in(service).unwrap_or_else(|| service_data.to_owned());
    let of_service = || Place::Service { file: service.to_owned(), folder: folder.clone() };
    if let Some(given) = &request.config_file {
        let is_the_services =
            fs::canonicalize(given).is_ok_and(|given| fs::canonicalize(service).ok() == Some(given));
        return Ok(if is_the_services { of_service() } else { Place::Own });
    }
    let own_has = own.is_some_and(may_have);
    let service_has = service.exists() && may_have(&folder);
    let shown = |folder: &Path| folder.display().to_string();
    match (own_has, service_has, own) {
        (true, true, Some(own)) => Err(Text::TwoDatabases(shown(own), shown(&folder), shown(service))),
        (_, true, _) => Ok(of_service()),
        (false, false, Some(own)) if service.exists() => {
            Err(Text::NeitherDatabase(shown(own), shown(&folder)))
        }
        _ => Ok(Place::Own),
    }
}

/// Whether there may be a database: it is there, or it cannot be told, since others may not look.
pub(super) fn may_have(folder: &Path) -> bool {
    match fs::symlink_metadata(folder.join("teahouse.db")) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

/// The folder that a configuration file names; it may name none, in memory.
fn folder_in(file: &Path) -> Option<PathBuf> {
    let table: Table = fs::read_to_string(file).ok()?.parse().ok()?;
    Some(table.get("data_dir")?.as_str()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_the_named_one_or_else_the_only_one_that_there_is() {
        let house = tempfile::tempdir().unwrap();
        let path = |name: &str| house.path().join(name);
        let (own, data, service, other) =
            (path("own"), path("data"), path("teahouse.toml"), path("other.toml"));
        for folder in [&own, &data] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(&other, "data_dir = '/tea'\n").unwrap();
        let ask = |request: &Request| choose(request, Some(&own), &service, &data);
        let with = |file: &Path| Request { config_file: Some(file.to_owned()), ..Request::default() };
        let of_service = Ok(Place::Service { file: service.clone(), folder: data.clone() });
        let nobody_says = Request::default();

        assert_eq!(ask(&nobody_says), Ok(Place::Own), "no package, no service");
        fs::write(&service, "").unwrap();
        assert!(matches!(ask(&nobody_says), Err(Text::NeitherDatabase(..))));
        fs::write(data.join("teahouse.db"), "").unwrap();
        assert_eq!(ask(&nobody_says), of_service);
        fs::write(own.join("teahouse.db"), "").unwrap();
        assert!(matches!(ask(&nobody_says), Err(Text::TwoDatabases(..))));
        assert_eq!(ask(&with(&service)), of_service, "it is the service's configuration");
        assert_eq!(ask(&with(&other)), Ok(Place::Told));
        assert_eq!(ask(&Request { has_data_dir: true, ..Request::default() }), Ok(Place::Told));
        fs::write(&other, "").unwrap();
        assert_eq!(ask(&with(&other)), Ok(Place::Own));
    }
}
