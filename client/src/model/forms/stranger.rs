//! A server that nobody vouches for, as the person is asked about it.

use crate::config::fingerprint::Fingerprint;
use crate::config::profile::Profile;
use crate::event::failure::Distrust;
use crate::model::base::ids::NetworkId;

/// A server whose certificate was not believed.
#[derive(Clone, Debug)]
pub struct Stranger {
    /// What it is called.
    pub host: String,
    /// The fingerprint of the certificate that it showed.
    pub fingerprint: Fingerprint,
    /// What is wrong with that.
    pub reason: Distrust,
    pub(in crate::model) may_accept: bool,
    /// How we went there.
    pub(in crate::model) profile: Profile,
    /// The network that it was to be; none if it was the login form's.
    pub(in crate::model) network: Option<NetworkId>,
}

impl Stranger {
    /// Whether the person may be asked to trust it.
    pub fn can_be_trusted(&self) -> bool {
        self.may_accept && !self.is_changed()
    }

    /// Whether it is known, and shows another certificate than it did.
    pub fn is_changed(&self) -> bool {
        self.reason == Distrust::OtherFingerprint
    }

    /// By what it was known until now.
    pub fn known(&self) -> &[Fingerprint] {
        &self.profile.tls_fingerprints
    }
}
