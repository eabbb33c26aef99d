using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Skills;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;

namespace Tieline.Organization;

internal sealed class UsedSkill(AppDb db) : IUsedBy
{
    public string Kind => "skill";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
        [new("employees", await SkillRow.Of(db).Where(s => s.Id == id).Select(s => s.Employees).SingleOrDefaultAsync(ct), $"/employees?skill={id}")];
}
