using Tieline.Platform.Demo.Night;
using Tieline.Platform.Security;

namespace Tieline.Tests.Modules.Platform;

public class TonightPageTests
{
    [Theory]
    [InlineData("Completed", "4 done", true)]
    [InlineData("CompletedWithErrors", "4 done; some records could not be done", true)]
    [InlineData("Failed", "failed. No disk", true)]
    [InlineData("Cancelled", "cancelled after 4 done", true)]
    [InlineData("Running", "4 so far", false)]
    [InlineData("Pending", "waits", false)]
    public void A_step_says_how_it_ended_and_counts_once_it_is_over(string state, string words, bool over)
    {
        var step = new GetDemoDay.Step(1, "COUNT", "Counts", state, 4, "No disk");
        Assert.Equal(words, TonightPage.Words(step));
        Assert.Equal(over ? 1 : 0, new GetDemoDay.Night(1, default, default, Actor.Process("test").Ref, [step]).Over);
    }
}
