using Tieline.Platform;
using Tieline.Platform.Reasons;

namespace Tieline.ToDos.Entries;

/// <summary>Why a To Do stands there: what caused it, be it a promise that fell due, an emergency or a job that died.</summary>
internal sealed class WhyToDo(ToDoDesk desk, ToDosInSight sight) : ITellsWhy
{
    public string Kind => "to_do";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await desk.Find(id, ct) is not { } toDo)
            return null;
        var masking = await sight.Of(toDo, ct);
        if (masking.IsClosed)
            return Told.Hidden;
        var leads = new List<Lead>();
        if (toDo.RuleVersionId is { } rule)
            leads.Add(new Lead("changed by", new RecordRef("rule_version", rule)));
        if (toDo.Cause is { } cause)
            leads.Add(new Lead("because of this", cause));
        if (toDo.ContactId is { } contact)
            leads.Add(new Lead("about a contact", new RecordRef("contact", contact)));
        return new Told
        {
            Detail = $"“{masking.Text(toDo.Subject)}”", Verb = "made the", By = toDo.CreatedBy, At = toDo.CreatedAt, Leads = leads,
            Customer = toDo.PersonId is { } person ? new RecordRef("person", person) : toDo.AccountId is { } account ? new RecordRef("account", account) : null,
            Remarks = toDo.CompletedAt is { } at ? [new Remark($"{toDo.CompletedBy?.Name} completed it", at)] : [],
        };
    }
}
