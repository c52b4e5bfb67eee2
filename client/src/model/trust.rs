//! Whether to believe a server that nobody vouches for.
//!
//! Such a server is not connected to. The person is shown the fingerprint of its certificate, once, and if they trust
//! it, it is pinned in the profile: from then on the server is known by it. A known server that shows another
//! certificate is refused; to trust that certificate, the person first has to forget the old one.

use crate::config::fingerprint::Fingerprint;
use crate::config::profile::Profile;
use crate::event::failure::{Distrust, Failure};
use crate::model::Model;
use crate::model::base::ids::NetworkId;
use crate::model::network::parts::link::Link;

/// A server whose certificate was not believed.
#[derive(Clone, Debug)]
pub struct Stranger {
    /// What it is called.
    pub host: String,
    /// The fingerprint of the certificate that it showed.
    pub fingerprint: Fingerprint,
    /// What is wrong with that.
    pub reason: Distrust,
    may_accept: bool,
    /// How we went there.
    profile: Profile,
    /// The network that it was to be; none if it was the login form's.
    network: Option<NetworkId>,
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

impl Model {
    /// The server that the person is to be asked about, or to be warned of.
    pub fn stranger(&self) -> Option<&Stranger> {
        self.strangers.front()
    }

    /// Notes that a connection failed because of the server's certificate, if it did. While the person has not answered,
    /// a server stays as it was shown.
    pub(super) fn note_stranger(&mut self, id: NetworkId, failure: &Failure) {
        let Failure::Untrusted { host, fingerprint, reason, may_accept } = failure else { return };
        let Some(network) = self.network(id) else { return };
        let stranger = Stranger {
            host: host.clone(),
            fingerprint: fingerprint.clone(),
            reason: reason.clone(),
            may_accept: *may_accept,
            profile: network.profile().clone(),
            network: (self.login.applicant() != Some(id)).then_some(id),
        };
        if !self.strangers.iter().any(|it| (it.network, &it.host) == (stranger.network, host)) {
            self.strangers.push_back(stranger);
        }
    }

    /// The person trusts the server: its certificate is pinned, and we go there.
    pub fn trust_stranger(&mut self) {
        let Some(mut stranger) = self.strangers.pop_front().filter(Stranger::can_be_trusted) else { return };
        stranger.profile.tls_fingerprints.push(stranger.fingerprint);
        match stranger.network {
            Some(id) => {
                if let Some(network) = self.network_mut(id) {
                    network.profile.tls_fingerprints = stranger.profile.tls_fingerprints;
                    network.connect();
                }
            }
            None => {
                self.login.trust(stranger.profile);
                self.log_in(self.login.form().clone());
            }
        }
    }

    /// The person does not trust the server, or has read the warning.
    pub fn dismiss_stranger(&mut self) {
        self.strangers.pop_front();
    }

    /// Forgets by what a network's server is known, so that the person is asked about its next certificate. Ends the
    /// connection, which was made with the old one.
    pub fn forget_certificate(&mut self, id: NetworkId) {
        let Some(network) = self.network_mut(id) else { return };
        network.profile.tls_fingerprints.clear();
        if network.link() != Link::Down {
            network.disconnect();
        }
        network.connect();
    }

    /// The same where there is no network, of the saved server with this number.
    pub fn forget_certificate_of_profile(&mut self, index: usize) {
        let Some(profile) = self.profiles.get_mut(index) else { return };
        profile.tls_fingerprints.clear();
        self.login.forget_certificates(profile);
    }
}
