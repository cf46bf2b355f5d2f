//! Nothing secret shows, and addresses that would show it are refused.

use dncsync_cxone::{Client, Secret, Settings, SettingsError};

use crate::scripted::Server;

fn settings(api_url: &str) -> Settings {
    Settings::v2(
        api_url.into(),
        "https://us-east-1.niceincontact.com/oauth/token".into(),
        "me".into(),
        Secret::new("hunter2".into()),
    )
}

#[tokio::test]
async fn no_debug_form_shows_the_secret_or_the_token() {
    let settings = settings("https://api.us-east-1.niceincontact.com");
    assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "•••");
    assert!(!format!("{settings:#?}").contains("hunter2"));
    assert!(!format!("{:#?}", Client::new(settings).unwrap()).contains("hunter2"));
    let server = Server::start().await;
    let client = server.client();
    client.token().await;
    let shown = format!("{client:#?}");
    assert!(!shown.contains("s3cret") && !shown.contains("token-1"), "{shown}");
}

#[test]
fn settings_are_refused_by_name() {
    let fault = Client::new(settings("http://api.example.com")).unwrap_err();
    assert!(matches!(fault, SettingsError::Setting { name: "CXONE_API_URL", .. }));
    assert_eq!(
        fault.to_string(),
        "CXONE_API_URL would send secrets to api.example.com in clear; use https:// (http:// is for this machine only)"
    );
    let no_certificate = Settings { ca_pem: Some(b"hello".to_vec()), ..settings("https://api.example.com") };
    assert_eq!(Client::new(no_certificate).unwrap_err(), SettingsError::UnreadableCa);
}
