//! The picture of the crates, drawn from their manifests: what stands on what, the ground below. What follows from other lines
//! is not drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::Result;

use super::{APART, Crate};
use crate::run;

/// Where the picture lies.
const PLACE: &str = "docs/pictures/crates.svg";

/// A crate's box, the distance from box to box, and the margin, in the picture's units.
const WIDTH: usize = 156;
const HEIGHT: usize = 48;
const ACROSS: usize = 190;
const UP: usize = 96;
const MARGIN: usize = 16;

/// Light and dark; whoever looks chooses.
const STYLE: &str = "\
text { font: 15px system-ui, sans-serif; text-anchor: middle; fill: #1b1f24 }
.folder { font-size: 11px; fill: #57606a }
.crate { fill: #f6f8fa; stroke: #57606a }
path { fill: none; stroke: #57606a; stroke-width: 1.5; marker-end: url(#on) }
marker path { fill: #57606a; stroke: none; marker-end: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .folder { fill: #9da7b1 }
  .crate { fill: #161b22; stroke: #9da7b1 }
  path { stroke: #9da7b1 } marker path { fill: #9da7b1 }
}";

pub fn write(members: &[Crate]) -> Result<()> {
    Ok(std::fs::write(run::root().join(PLACE), draw(members))?)
}

/// Says so where it shows another house.
pub fn fault(members: &[Crate]) -> Option<String> {
    let there = std::fs::read_to_string(run::root().join(PLACE)).unwrap_or_default();
    (there != draw(members)).then(|| format!("{PLACE} shows other crates. Mend: cargo xtask picture"))
}

/// The whole SVG.
pub fn draw(members: &[Crate]) -> String {
    let house = CratesPicture::from_members(members);
    let rows = house.rows();
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let (width, height) = (2 * MARGIN + widest * ACROSS, 2 * MARGIN + rows.len() * UP - (UP - HEIGHT));
    let mut place: BTreeMap<&Spot<'_>, (usize, usize)> = BTreeMap::new();
    for (floor, row) in rows.iter().enumerate() {
        let left = (width - row.len() * ACROSS) / 2;
        for (at, spot) in row.iter().enumerate() {
            place.insert(spot, (left + at * ACROSS + ACROSS / 2, height - MARGIN - HEIGHT - floor * UP));
        }
    }
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\">\n\
         <title>The crates: each stands on those that its arrows lead to</title>\n<style>\n{STYLE}\n</style>\n\
         <defs><marker id=\"on\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker></defs>\n"
    );
    for (above, below) in &house.on {
        let spots: Vec<(usize, usize)> = house.way(above, below).iter().map(|spot| place[spot]).collect();
        let mut line = format!("M{} {}", spots[0].0, spots[0].1 + HEIGHT);
        for (at, pair) in spots.windows(2).enumerate() {
            let (x, y) = pair[1];
            let middle = usize::midpoint(pair[0].1 + HEIGHT, y);
            _ = write!(line, "C{} {middle} {x} {middle} {x} {y}", pair[0].0);
            // Through a floor the line goes straight.
            if at + 2 < spots.len() {
                _ = write!(line, "V{}", y + HEIGHT);
            }
        }
        _ = writeln!(svg, "<path d=\"{line}\"/>");
    }
    for (name, folder) in &house.folders {
        let (x, y) = place[&Spot { name, on_way_to: None }];
        _ = writeln!(
            svg,
            "<rect class=\"crate\" x=\"{}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>\
             <text x=\"{x}\" y=\"{}\">{name}</text><text class=\"folder\" x=\"{x}\" y=\"{}\">{folder}</text>",
            x - WIDTH / 2,
            y + 21,
            y + 38
        );
    }
    svg + "</svg>\n"
}

/// A box, or where the line from one passes a floor on its way to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot<'a> {
    name: &'a str,
    on_way_to: Option<(&'a str, usize)>,
}

/// What each crate names, by its name.
type Needs<'a> = BTreeMap<&'a str, &'a BTreeSet<String>>;

fn below<'a>(needs: &Needs<'a>, name: &str) -> impl Iterator<Item = &'a str> {
    let names = needs.get(name).copied().into_iter().flatten().map(String::as_str);
    names.filter(|name| needs.contains_key(name)).collect::<Vec<_>>().into_iter()
}

fn reaches(needs: &Needs<'_>, from: &str, to: &str) -> bool {
    below(needs, from).any(|name| name == to || reaches(needs, name, to))
}

struct CratesPicture<'a> {
    folders: BTreeMap<&'a str, &'a str>,
    /// From the ground, 0: one more than the highest below.
    floors: BTreeMap<&'a str, usize>,
    /// Above and below, without what follows.
    on: Vec<(&'a str, &'a str)>,
}

impl<'a> CratesPicture<'a> {
    fn from_members(members: &'a [Crate]) -> Self {
        let members: Vec<&Crate> = members.iter().filter(|member| member.name != APART).collect();
        let needs: Needs<'a> = members.iter().map(|member| (member.name.as_str(), &member.needs)).collect();
        let mut floors: BTreeMap<&str, usize> = BTreeMap::new();
        // As many rounds as crates settle every floor: cargo allows no circle.
        for _ in &members {
            for name in needs.keys() {
                let floor =
                    below(&needs, name).filter_map(|other| floors.get(other)).max().map_or(0, |floor| floor + 1);
                floors.insert(name, floor);
            }
        }
        let direct = |above: &'a str| {
            let all: Vec<&'a str> = below(&needs, above).collect();
            let follows = |below: &&str| all.iter().any(|other| other != below && reaches(&needs, other, below));
            all.iter().filter(|below| !follows(below)).map(|below| (above, *below)).collect::<Vec<_>>()
        };
        let on = members.iter().flat_map(|member| direct(&member.name)).collect();
        let folders = members.iter().map(|member| (member.name.as_str(), member.folder.as_str())).collect();
        Self { folders, floors, on }
    }

    /// From box to box, floor by floor.
    fn way(&self, above: &'a str, below: &'a str) -> Vec<Spot<'a>> {
        let between = (self.floors[below] + 1..self.floors[above]).rev();
        let passing = between.map(|floor| Spot { name: above, on_way_to: Some((below, floor)) });
        let ends = [above, below].map(|name| Spot { name, on_way_to: None });
        let [first, last] = ends;
        [first].into_iter().chain(passing).chain([last]).collect()
    }

    /// Each floor from left to right, in the order that crosses the fewest lines among those tried.
    fn rows(&self) -> Vec<Vec<Spot<'a>>> {
        let ways: Vec<Vec<Spot<'a>>> = self.on.iter().map(|(above, below)| self.way(above, below)).collect();
        let mut rows: Vec<Vec<Spot<'a>>> = vec![Vec::new(); self.floors.values().max().map_or(0, |floor| floor + 1)];
        for (name, floor) in &self.floors {
            rows[*floor].push(Spot { name, on_way_to: None });
        }
        let passing = ways.iter().flat_map(|way| way.iter().filter(|spot| spot.on_way_to.is_some()));
        passing.for_each(|spot| rows[spot.on_way_to.map_or(0, |(_, floor)| floor)].push(spot.clone()));
        let steps: Vec<(&Spot<'a>, &Spot<'a>)> =
            ways.iter().flat_map(|way| way.windows(2).map(|pair| (&pair[0], &pair[1]))).collect();
        let mut best = rows.clone();
        for round in 0..12 {
            let upward = round % 2 == 0;
            let floors: Vec<usize> =
                if upward { (1..rows.len()).collect() } else { (0..rows.len() - 1).rev().collect() };
            for floor in floors {
                let beside = &rows[if upward { floor - 1 } else { floor + 1 }];
                let middle = middles(&rows[floor], beside, &steps);
                rows[floor].sort_by_key(|spot| middle[spot]);
            }
            if crossings(&rows, &steps) < crossings(&best, &steps) {
                best.clone_from(&rows);
            }
        }
        best
    }
}

/// Where the neighbours of each spot of a row lie on the floor beside it, on the average, in thousandths of the floor's width.
fn middles<'a>(row: &[Spot<'a>], beside: &[Spot<'a>], steps: &[(&Spot<'a>, &Spot<'a>)]) -> BTreeMap<Spot<'a>, usize> {
    let middle = |spot: &Spot<'a>| {
        let others = steps.iter().filter_map(|(a, b)| {
            let other = if *a == spot {
                b
            } else if *b == spot {
                a
            } else {
                return None;
            };
            beside.iter().position(|place| place == *other)
        });
        let places: Vec<usize> = others.map(|at| (2 * at + 1) * 1000 / (2 * beside.len())).collect();
        if places.is_empty() { 500 } else { places.iter().sum::<usize>() / places.len() }
    };
    row.iter().map(|spot| (spot.clone(), middle(spot))).collect()
}

fn crossings(rows: &[Vec<Spot<'_>>], steps: &[(&Spot<'_>, &Spot<'_>)]) -> usize {
    rows.windows(2)
        .map(|pair| {
            let at = |row: &[Spot<'_>], spot: &Spot<'_>| row.iter().position(|other| other == spot);
            let lines: Vec<(usize, usize)> =
                steps.iter().filter_map(|(above, below)| Some((at(&pair[1], above)?, at(&pair[0], below)?))).collect();
            let crosses = |a: &(usize, usize), b: &(usize, usize)| a.0 < b.0 && a.1 > b.1;
            lines.iter().map(|a| lines.iter().filter(|b| crosses(a, b)).count()).sum::<usize>()
        })
        .sum()
}
