//! Writes `embed.js` and `later.js` of the shipped example into a folder, a file a language as it is served over https;
//! `cargo xtask check` measures them.

use std::path::PathBuf;

use keuze_core::config::Config;
use keuze_core::publish::{PublishPlan, plan};
use model::policy::ChangeClass;
use ui::components::banner::first_layer;
use web::embed::{CookieNames, embed_js, later_js};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name the folder to write to")?);
    let config = Config::example();
    let Ok(PublishPlan::New(publication)) = plan(&config, None, ChangeClass::Purpose, first_layer) else {
        return Err("the example has faults".into());
    };
    let published = &publication.policy;
    for (language, html) in &published.html {
        let strings = published.strings_in(*language).ok_or("every notice has its strings")?;
        let names = CookieNames { secure: true };
        let script = embed_js(&published.policy, published.hash, strings, html, names, false);
        std::fs::write(folder.join(format!("embed.js?lang={}", language.tag())), script.plain)?;
        let later = later_js(&published.policy, strings, &config.site.no_notice);
        std::fs::write(folder.join(format!("later.js?lang={}", language.tag())), later.plain)?;
    }
    Ok(())
}
