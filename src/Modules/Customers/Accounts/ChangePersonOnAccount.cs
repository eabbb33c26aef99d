using Tieline.Customers.Authorisations;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

/// <summary>Changes a person's role on an account, and whether they answer for its bills.</summary>
internal sealed class ChangePersonOnAccount(AppDb db, RecordsInSight records, CurrentActor actor) : IUse<ChangePersonOnAccount.Input, Done>
{
    /// <param name="EntryId">Of the entry, not of the person.</param>
    /// <param name="Version">Of the account.</param>
    public sealed record Input(long AccountId, long EntryId, int Version, AccountRole? Role, bool? FinanciallyResponsible);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var found = await records.Account(input.AccountId, AuthorisationScope.Changes, ct);
        if (!found.Ok)
            return Outcome<Done>.Broken(found.Problems);
        var account = found.Value;
        if (account.Standing.FirstOrDefault(p => p.Id == input.EntryId) is not { } person)
            return Problem.NotFound("This person on the account");
        var problems = new Problems();
        var role = problems.Choice(nameof(Input.Role), "Role", input.Role);
        var responsible = problems.Said(nameof(Input.FinanciallyResponsible), "Financially responsible", input.FinanciallyResponsible);
        if (problems.Any)
            return problems;
        if (account.ChangePerson(person, role, responsible) is { } broken)
            return broken;

        db.Expect(account, input.Version);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
