using System.Net;

namespace Bridgehead.Model;

/// <summary>What defaults are made from: the machine's name, its address towards the outside, and the folder the daemons keep their state in.</summary>
public sealed record HostFacts(string HostName, IPAddress MyIp, string StatePath);

/// <summary>Settings that were read, sentences about what was ignored on the way, and where each value came from, in the order of <see cref="SettingsReader.Describe"/>.</summary>
public sealed record SettingsResult(NovaSettings Settings, IReadOnlyList<string> Warnings, IReadOnlyList<EffectiveSetting> Effective);

/// <summary>An option's value in effect, as it would be written in nova.conf, and its origin: <c>default</c>, a file's line, a variable or a flag. A secret's value is <c>***</c>.</summary>
public sealed record EffectiveSetting(string Name, string Value, string Source);

/// <summary>An option for help texts. The default may refer to another option, as <c>$my_ip</c>.</summary>
public sealed record SettingDescription(string Name, string Default, string Expected, string Help, bool Boolean);
