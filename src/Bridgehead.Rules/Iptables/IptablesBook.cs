// iptables' chains and rules in the words of the books that both back ends keep.
global using IptablesBook = Bridgehead.Rules.ChainBook<Bridgehead.Rules.Iptables.ChainId, Bridgehead.Rules.Iptables.Rule>;
global using IptablesContribution = Bridgehead.Rules.Contribution<Bridgehead.Rules.Iptables.ChainId, Bridgehead.Rules.Iptables.Rule>;
global using IptablesDraft = Bridgehead.Rules.Draft<Bridgehead.Rules.Iptables.ChainId, Bridgehead.Rules.Iptables.Rule>;
