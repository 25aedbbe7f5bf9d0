//! Compound files ([MS-CFB]): the streams of an old Office file. Read here, because files of programs other than Office
//! leave their tables of sectors unfinished.

use super::{SheetError, xml::damaged};

/// Sectors beyond are marks: the end of a chain, a free one.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
/// No sibling and no child.
const NOBODY: u32 = 0xFFFF_FFFF;
const ENTRY: usize = 128;

pub(super) struct Compound<'c> {
    bytes: &'c [u8],
    /// The size of a sector in bytes.
    sector: usize,
    /// Each sector's next one.
    next: Vec<u32>,
    /// The same of the small sectors, of 64 bytes, in which short streams lie.
    next_small: Vec<u32>,
    small: Vec<u8>,
    /// Streams from this size on lie in sectors of their own.
    large_from: usize,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    is_stream: bool,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    size: usize,
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, SheetError> {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()).ok_or_else(|| damaged(()))?;
    Ok(u16::from_le_bytes(*field))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, SheetError> {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(|| damaged(()))?;
    Ok(u32::from_le_bytes(*field))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number))
}

impl<'c> Compound<'c> {
    pub fn open(bytes: &'c [u8]) -> Result<Self, SheetError> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return Err(damaged(())),
        };
        let (next, next_small, small) = (Vec::new(), Vec::new(), Vec::new());
        let large_from = usize::try_from(u32_at(bytes, 56)?).map_err(damaged)?;
        let mut file = Self { bytes, sector, next, next_small, small, large_from, entries: Vec::new() };
        file.next = file.read_table()?;
        let directory = file.chain(u32_at(bytes, 48)?)?;
        file.entries = directory.chunks_exact(ENTRY).map(Entry::read).collect::<Result<_, _>>()?;
        file.next_small = numbers(&file.chain(u32_at(bytes, 60)?)?).collect();
        let root = file.entries.first().ok_or_else(|| damaged(()))?.start;
        file.small = file.chain(root)?;
        Ok(file)
    }

    /// The most sectors that a chain can have.
    fn most(&self) -> usize {
        self.bytes.len() / self.sector + 1
    }

    fn sector(&self, number: u32) -> Option<&'c [u8]> {
        let from = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.bytes.get(from..)?;
        // The last sector of a file may be cut short.
        rest.get(..self.sector).or(Some(rest))
    }

    /// The table of sectors, whose own sectors the head lists, and what it has no room for further sectors.
    fn read_table(&self) -> Result<Vec<u32>, SheetError> {
        let head = self.bytes.get(76..512).ok_or_else(|| damaged(()))?;
        let mut lists: Vec<u32> = numbers(head).collect();
        let mut more = u32_at(self.bytes, 68)?;
        for _ in 0..self.most() {
            if more >= LAST_SECTOR {
                break;
            }
            let mut list: Vec<u32> = numbers(self.sector(more).ok_or_else(|| damaged(()))?).collect();
            more = list.pop().unwrap_or(NOBODY);
            lists.append(&mut list);
        }
        let sectors = lists.into_iter().filter(|sector| *sector < LAST_SECTOR).take(self.most());
        Ok(sectors.filter_map(|sector| self.sector(sector)).flat_map(numbers).take(self.most()).collect())
    }

    /// The bytes of a chain of sectors.
    fn chain(&self, start: u32) -> Result<Vec<u8>, SheetError> {
        let (mut bytes, mut at) = (Vec::new(), start);
        for _ in 0..self.most() {
            if at >= LAST_SECTOR {
                return Ok(bytes);
            }
            bytes.extend_from_slice(self.sector(at).ok_or_else(|| damaged(()))?);
            at = usize::try_from(at).ok().and_then(|at| self.next.get(at)).copied().unwrap_or(NOBODY);
        }
        Err(damaged(()))
    }

    fn small_chain(&self, start: u32) -> Result<Vec<u8>, SheetError> {
        let (mut bytes, mut at) = (Vec::new(), start);
        for _ in 0..=self.small.len() / 64 {
            if at >= LAST_SECTOR {
                return Ok(bytes);
            }
            let place = usize::try_from(at).map_err(damaged)?;
            let from = place.checked_mul(64).ok_or_else(|| damaged(()))?;
            let rest = self.small.get(from..).ok_or_else(|| damaged(()))?;
            bytes.extend_from_slice(rest.get(..64).unwrap_or(rest));
            at = self.next_small.get(place).copied().unwrap_or(NOBODY);
        }
        Err(damaged(()))
    }

    /// A stream that is no part of another object in the file; none where there is none of that name.
    pub fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, SheetError> {
        let mut waiting = vec![self.entries.first().map_or(NOBODY, |root| root.child)];
        // Each entry is a leaf of one tree; a file that ties them into a ring is looked at only so long.
        for _ in 0..=2 * self.entries.len() {
            let Some(place) = waiting.pop() else { return Ok(None) };
            let Some(entry) = usize::try_from(place).ok().and_then(|place| self.entries.get(place)) else { continue };
            if entry.is_stream && entry.name.eq_ignore_ascii_case(name) {
                let mut bytes =
                    if entry.size < self.large_from { self.small_chain(entry.start) } else { self.chain(entry.start) }?;
                bytes.truncate(entry.size);
                return Ok(Some(bytes));
            }
            waiting.extend([entry.left, entry.right]);
        }
        Ok(None)
    }
}

impl Entry {
    fn read(bytes: &[u8]) -> Result<Self, SheetError> {
        let length = usize::from(u16_at(bytes, 64)?).saturating_sub(2).min(62);
        let name = super::xlsb::utf_16(bytes.get(..length).unwrap_or_default());
        let kind = bytes.get(66).copied();
        // Of the eight bytes of a size the upper four are only used by files that are far too large.
        let size = usize::try_from(u32_at(bytes, 120)?).map_err(damaged)?;
        let (left, right, child) = (u32_at(bytes, 68)?, u32_at(bytes, 72)?, u32_at(bytes, 76)?);
        Ok(Self { name, is_stream: kind == Some(2), left, right, child, start: u32_at(bytes, 116)?, size })
    }
}
