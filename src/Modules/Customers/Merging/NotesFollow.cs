using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Notes;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Customers.Merging;

/// <summary>Notes about a person or a premise.</summary>
internal sealed class NotesFollow(AppDb db, string kind) : IFollowsMerge
{
    private const string Subject = "note.subject";

    public string Kind => kind;
    public int Order => 130;
    public IReadOnlyCollection<string> Covers => [Subject];

    public async Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct)
    {
        var subject = new RecordRef(kind, from);
        var count = await db.Set<Note>().CountAsync(n => n.Subject == subject && n.RemovedAt == null, ct);
        return count == 0 ? [] : [new("notes", count)];
    }

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var subject = new RecordRef(kind, from);
        var notes = await db.Set<Note>().Where(n => n.Subject == subject).ToListAsync(ct);
        notes.ForEach(n => Give(n, into));
        return [.. notes.Select(n => new MovedRow(Subject, n.Id))];
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var (ids, subject) = (moved.Select(m => m.Id).ToArray(), new RecordRef(kind, into));
        foreach (var note in await db.Set<Note>().Where(n => ids.Contains(n.Id) && n.Subject == subject).ToListAsync(ct))
            Give(note, from);
    }

    private void Give(Note note, long id)
    {
        note.Follow();
        db.Entry(note).Property(n => n.Subject).CurrentValue = new RecordRef(kind, id);
    }
}
